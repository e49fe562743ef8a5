// Webhook events `room.users`: users that joined or left a room on this edge, once a second a room. A user that does both within the
// second appears in none. It counts no connections: Presence knows a user's first and last one.
import type { Bus } from '@danmux/bus';
import type { Part, Runtime } from '@danmux/runtime';
import { EventWriter } from '@danmux/webhooks';
import type { Viewer } from '../viewer/viewer.ts';

type Change = { readonly joined: true; readonly name: unknown } | { readonly joined: false };

interface OnlineCounts {
  /** Connections in the room over all edges. */
  online(room: string): Promise<number>;
}

const everyMs = 1_000;
/** Users named in one event each way; of more it has the number. */
const named = 100;

export class JoinLeaveEvents implements Part {
  readonly name = 'join-leave-events';
  readonly #runtime: Runtime;
  readonly #events: EventWriter;
  readonly #presence: OnlineCounts;
  /** By room, the changes since the last event. */
  #changes = new Map<string, Map<string, Change>>();
  #timer: NodeJS.Timeout | undefined;
  #emitting: Promise<void> = Promise.resolve();

  constructor(runtime: Runtime, bus: Pick<Bus, 'events'>, presence: OnlineCounts) {
    this.#runtime = runtime;
    this.#events = new EventWriter(runtime, bus);
    this.#presence = presence;
  }

  /** Whether any webhook target wants to know. */
  get wanted(): boolean {
    return this.#events.wants('room.users');
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#flush();
    await this.#emitting;
  }

  joined(room: string, { id, from }: Viewer): void {
    this.#change(room, id, { joined: true, name: from.name });
  }

  left(room: string, { id }: Viewer): void {
    this.#change(room, id, { joined: false });
  }

  #change(room: string, user: string, change: Change): void {
    if (!this.wanted) return;
    const users = this.#changes.get(room) ?? new Map<string, Change>();
    this.#changes.set(room, users);
    // A join and a leave within the second cancel each other.
    if (users.has(user)) users.delete(user);
    else users.set(user, change);
    this.#timer ??= setTimeout(() => this.#flush(), everyMs);
  }

  #flush(): void {
    this.#timer = undefined;
    const changes = this.#changes;
    this.#changes = new Map();
    // After the ones before, so that the events of a room stay in order.
    this.#emitting = this.#emitting.then(async () => {
      await Promise.all([...changes].map(([room, users]) => this.#emit(room, users)));
    });
  }

  async #emit(room: string, users: ReadonlyMap<string, Change>): Promise<void> {
    if (users.size === 0) return;
    const joined = [...users].flatMap(([id, change]) => (change.joined ? [{ id, ...(change.name === undefined ? {} : { name: change.name }) }] : []));
    const left = [...users].flatMap(([id, change]) => (change.joined ? [] : [{ id }]));
    const more = {
      ...(joined.length > named ? { joined_more: joined.length - named } : {}),
      ...(left.length > named ? { left_more: left.length - named } : {}),
    };
    try {
      const online = await this.#presence.online(room);
      await this.#events.emit(room, 'room.users', { joined: joined.slice(0, named), left: left.slice(0, named), online, ...more });
    } catch (error) {
      this.#runtime.caught('join-leave-events', error, 'a room.users event could not be emitted', {
        fields: { room, joined: joined.length, left: left.length },
      });
    }
  }
}
