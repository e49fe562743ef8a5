// Emits the webhook event `room.users` at most once a second per room: the users who joined or left it on this edge. A user who does both
// within the second is not listed. Presence counts the connections of each user; this class does not.
import type { Bus } from '@danmux/bus';
import type { Part, Runtime } from '@danmux/runtime';
import { EventWriter } from '@danmux/webhooks';
import type { Viewer } from '../viewer/viewer.ts';

type Change = { readonly joined: true; readonly name: unknown } | { readonly joined: false };

interface OnlineCounts {
  /** Connections in the room on all edges. */
  online(room: string): Promise<number>;
}

const everyMs = 1_000;
/** Maximum number of users listed as joined, and as left, in one event; the event has only the number of the others. */
const named = 100;

export class JoinLeaveEvents implements Part {
  readonly name = 'join-leave-events';
  readonly #runtime: Runtime;
  readonly #events: EventWriter;
  readonly #presence: OnlineCounts;
  /** Changes since the last event, by room and user. */
  #changes = new Map<string, Map<string, Change>>();
  #timer: NodeJS.Timeout | undefined;
  #emitting: Promise<void> = Promise.resolve();

  constructor(runtime: Runtime, bus: Pick<Bus, 'events'>, presence: OnlineCounts) {
    this.#runtime = runtime;
    this.#events = new EventWriter(runtime, bus);
    this.#presence = presence;
  }

  /** True when a webhook target subscribes to `room.users`. */
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
    // Waits for the previous batch, so the events of a room stay in order.
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
