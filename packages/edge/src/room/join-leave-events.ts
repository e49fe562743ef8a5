// Tells webhooks who came to a room on this edge and who left it, once a second a room: who came and left meanwhile did neither. It
// counts nobody itself; presence says when a user's first connection came and the last one went.
import type { Bus } from '@danmux/bus';
import type { Part, Runtime } from '@danmux/runtime';
import { EventWriter } from '@danmux/webhooks';
import type { Viewer } from '../viewer/viewer.ts';

type Change = { readonly came: true; readonly name: unknown } | { readonly came: false };

const everyMs = 1_000;
/** Users one event names each way; of more it says how many. */
const named = 100;

export class JoinLeaveEvents implements Part {
  readonly name = 'room-users';
  readonly #runtime: Runtime;
  readonly #events: EventWriter;
  readonly #online: (room: string) => Promise<number>;
  /** Per room what became of users since the last event. */
  #changes = new Map<string, Map<string, Change>>();
  #timer: NodeJS.Timeout | undefined;
  #telling: Promise<void> = Promise.resolve();

  constructor(runtime: Runtime, bus: Pick<Bus, 'events'>, online: (room: string) => Promise<number>) {
    this.#runtime = runtime;
    this.#events = new EventWriter(runtime, bus);
    this.#online = online;
  }

  /** Whether any webhook target wants to know. */
  get wanted(): boolean {
    return this.#events.wants('room.users');
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#tell();
    await this.#telling;
  }

  came(room: string, { id, from }: Viewer): void {
    this.#change(room, id, { came: true, name: from.name });
  }

  left(room: string, { id }: Viewer): void {
    this.#change(room, id, { came: false });
  }

  #change(room: string, user: string, change: Change): void {
    if (!this.wanted) return;
    const users = this.#changes.get(room) ?? new Map<string, Change>();
    this.#changes.set(room, users);
    // The other way inside the second: nothing happened.
    if (users.has(user)) users.delete(user);
    else users.set(user, change);
    this.#timer ??= setTimeout(() => this.#tell(), everyMs);
  }

  #tell(): void {
    this.#timer = undefined;
    const changes = this.#changes;
    this.#changes = new Map();
    // After the ones before, so that the events of a room stay in order.
    this.#telling = this.#telling.then(async () => {
      await Promise.all([...changes].map(([room, users]) => this.#emit(room, users)));
    });
  }

  async #emit(room: string, users: ReadonlyMap<string, Change>): Promise<void> {
    if (users.size === 0) return;
    const joined = [...users].flatMap(([id, change]) => (change.came ? [{ id, ...(change.name === undefined ? {} : { name: change.name }) }] : []));
    const left = [...users].flatMap(([id, change]) => (change.came ? [] : [{ id }]));
    const more = {
      ...(joined.length > named ? { joined_more: joined.length - named } : {}),
      ...(left.length > named ? { left_more: left.length - named } : {}),
    };
    try {
      const online = await this.#online(room);
      await this.#events.emit(room, 'room.users', { joined: joined.slice(0, named), left: left.slice(0, named), online, ...more });
    } catch (error) {
      this.#runtime.caught('room-users', error, 'who came and left could not be told', { fields: { room, joined: joined.length, left: left.length } });
    }
  }
}
