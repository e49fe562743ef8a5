// Emits webhook events when rooms become occupied and vacated. One worker at a time does so, under a lease. A record stores the rooms
// announced as occupied, so that the next worker repeats no event. It checks once a second, so it may miss shorter visits.
import { type Bus, isUserRoom, type Lease, type RecordField } from '@danmux/bus';
import { jobIdOf } from '@danmux/jobs';
import type { WebhookEventName } from '@danmux/protocol';
import { newId, type Part, Periodic, type Runtime } from '@danmux/runtime';
import { EventWriter } from '@danmux/webhooks';

const record = 'occupied-rooms';
/** Field with a random id of the record. Event ids contain it, so that they do not repeat after the record was lost and created again. */
const generationField = '@life';
const leaseName = 'room-watch';
const everyMs = 1_000;
const leaseMs = 5_000;
const failure = { where: 'room-watch', message: 'could not check which rooms are occupied' };
/** Number of rooms per change of the record. */
const roomsPerChange = 500;
const eventNames: readonly WebhookEventName[] = ['room.occupied', 'room.vacated'];

type Watched = Pick<Bus, 'presence' | 'records' | 'events' | 'leases'>;

export class RoomWatch implements Part {
  readonly name = 'room-watch';
  readonly #runtime: Runtime;
  readonly #bus: Watched;
  readonly #events: EventWriter;
  readonly #wanted: boolean;
  readonly #looking: Periodic;
  #lease: Lease | null = null;
  /** Version of the record, as read or written under this lease. */
  #version = 0;
  #generation = '';
  #occupied = new Set<string>();
  /** Rooms announced as occupied that are now empty, with the time when that was noticed, in milliseconds since 1970. */
  readonly #empty = new Map<string, number>();

  constructor(runtime: Runtime, bus: Watched) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#events = new EventWriter(runtime, bus);
    this.#wanted = eventNames.some((name) => this.#events.wants(name));
    this.#looking = new Periodic(runtime, { everyMs, ...failure, level: 'debug' }, () => this.look());
  }

  async start(): Promise<void> {
    if (this.#wanted) this.#looking.start();
  }

  async drain(): Promise<void> {
    await this.#looking.stop();
    const lease = this.#lease;
    this.#lease = null;
    if (lease) await this.#bus.leases.release(lease).catch((error: unknown) => this.#runtime.caught(failure.where, error, failure.message, { level: 'debug' }));
  }

  async stop(): Promise<void> {
    await this.drain();
  }

  /** Announces the changes since the last check; does nothing while another worker has the lease. */
  async look(): Promise<void> {
    if (!(await this.#acquireLease())) return;
    const online = await this.#bus.presence.rooms();
    const occupied = [...online.keys()].filter((room) => !isUserRoom(room) && !this.#occupied.has(room));
    const vacated = this.#vacated(online);
    for (let first = 0; first < occupied.length; first += roomsPerChange) {
      if (!(await this.#announce('room.occupied', occupied.slice(first, first + roomsPerChange), (room) => ({ online: online.get(room) ?? 0 })))) return;
    }
    for (let first = 0; first < vacated.length; first += roomsPerChange) {
      if (!(await this.#announce('room.vacated', vacated.slice(first, first + roomsPerChange), () => ({})))) return;
    }
  }

  /** Resolves with true when this worker has the lease. Reads the record after it acquires a new lease: another worker may have changed it. */
  async #acquireLease(): Promise<boolean> {
    const lease = await this.#bus.leases.acquire(leaseName, this.#runtime.node, leaseMs);
    if (lease && lease.token !== this.#lease?.token) {
      const { version, fields } = await this.#bus.records.get(record);
      const generation = fields.get(generationField)?.value;
      this.#version = version;
      this.#occupied = new Set([...fields.keys()].filter((field) => field !== generationField));
      this.#empty.clear();
      if (generation !== undefined) this.#generation = generation;
      else if (!(await this.#createGeneration())) return false;
    }
    this.#lease = lease;
    return lease !== null;
  }

  /** Stores a new random id in the record (`generationField`). Resolves with false when another worker has changed the record. */
  async #createGeneration(): Promise<boolean> {
    const generation = newId(this.#runtime.clock.now());
    const version = await this.#bus.records.setIf(record, this.#version, new Map([[generationField, { value: generation }]]));
    if (version === null) return false;
    this.#version = version;
    this.#generation = generation;
    return true;
  }

  #vacated(online: ReadonlyMap<string, number>): readonly string[] {
    const now = this.#runtime.clock.now();
    for (const room of this.#occupied) {
      if (online.has(room)) this.#empty.delete(room);
      else if (!this.#empty.has(room)) this.#empty.set(room, now);
    }
    const before = now - this.#runtime.config.webhooks.vacated_after_ms;
    return [...this.#empty].filter(([, since]) => since <= before).map(([room]) => room);
  }

  /** Emits the events before it updates the record. After a crash between the two, the next worker emits the same events under the same ids. */
  async #announce(type: 'room.occupied' | 'room.vacated', rooms: readonly string[], dataOf: (room: string) => object): Promise<boolean> {
    const now = this.#runtime.clock.now();
    for (const room of rooms) await this.#events.emit(room, type, dataOf(room), jobIdOf(type, `${room} ${this.#version} ${this.#generation}`));
    const field = (): RecordField | null => (type === 'room.occupied' ? { value: String(now) } : null);
    const version = await this.#bus.records.setIf(record, this.#version, new Map(rooms.map((room) => [room, field()])));
    if (version === null) {
      // Another worker has the lease now.
      this.#lease = null;
      return false;
    }
    this.#version = version;
    for (const room of rooms) {
      if (type === 'room.occupied') this.#occupied.add(room);
      else this.#occupied.delete(room);
      this.#empty.delete(room);
    }
    return true;
  }
}
