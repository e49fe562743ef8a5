// Says when rooms become occupied and vacated. One worker at a time watches, under a lease, and remembers in a record what it
// said last, so that the next one goes on and says nothing twice. It looks once a second: who came and went in between was
// never there.
import { type Bus, isUserRoom, type Lease, type RecordField } from '@danmux/bus';
import { jobIdOf } from '@danmux/jobs';
import type { WebhookEventName } from '@danmux/protocol';
import { newId, type Part, Periodic, type Runtime } from '@danmux/runtime';
import { EventWriter } from '@danmux/webhooks';

const record = 'occupied-rooms';
/** A field that is no room: names the record's life, so that one that begins anew gives no id again. */
const lifeField = '@life';
const leaseName = 'room-watch';
const everyMs = 1_000;
const leaseMs = 5_000;
const failure = { where: 'room-watch', message: 'could not check which rooms are occupied' };
/** Of one change of the record. */
const roomsTogether = 500;
const told: readonly WebhookEventName[] = ['room.occupied', 'room.vacated'];

type Watched = Pick<Bus, 'presence' | 'records' | 'events' | 'leases'>;

export class RoomWatch implements Part {
  readonly name = 'room-watch';
  readonly #runtime: Runtime;
  readonly #bus: Watched;
  readonly #events: EventWriter;
  readonly #wanted: boolean;
  readonly #looking: Periodic;
  #lease: Lease | null = null;
  /** As of this lease. */
  #version = 0;
  #life = '';
  #occupied = new Set<string>();
  /** Of occupied rooms that nobody is in, since when. */
  readonly #empty = new Map<string, number>();

  constructor(runtime: Runtime, bus: Watched) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#events = new EventWriter(runtime, bus);
    this.#wanted = told.some((name) => this.#events.wants(name));
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

  /** Compares what is with what was said; does nothing while another worker watches. */
  async look(): Promise<void> {
    if (!(await this.#isMine())) return;
    const online = await this.#bus.presence.rooms();
    const came = [...online.keys()].filter((room) => !isUserRoom(room) && !this.#occupied.has(room));
    const gone = this.#gone(online);
    for (let first = 0; first < came.length; first += roomsTogether) {
      if (!(await this.#tell('room.occupied', came.slice(first, first + roomsTogether), (room) => ({ online: online.get(room) ?? 0 })))) return;
    }
    for (let first = 0; first < gone.length; first += roomsTogether) {
      if (!(await this.#tell('room.vacated', gone.slice(first, first + roomsTogether), () => ({})))) return;
    }
  }

  /** What another worker said meanwhile is read once. */
  async #isMine(): Promise<boolean> {
    const lease = await this.#bus.leases.acquire(leaseName, this.#runtime.node, leaseMs);
    if (lease && lease.token !== this.#lease?.token) {
      const { version, fields } = await this.#bus.records.get(record);
      const life = fields.get(lifeField)?.value;
      this.#version = version;
      this.#occupied = new Set([...fields.keys()].filter((field) => field !== lifeField));
      this.#empty.clear();
      if (life !== undefined) this.#life = life;
      else if (!(await this.#begin())) return false;
    }
    this.#lease = lease;
    return lease !== null;
  }

  /** False when another worker has the lease by now. */
  async #begin(): Promise<boolean> {
    const life = newId(this.#runtime.clock.now());
    const version = await this.#bus.records.setIf(record, this.#version, new Map([[lifeField, { value: life }]]));
    if (version === null) return false;
    this.#version = version;
    this.#life = life;
    return true;
  }

  #gone(online: ReadonlyMap<string, number>): readonly string[] {
    const now = this.#runtime.clock.now();
    for (const room of this.#occupied) {
      if (online.has(room)) this.#empty.delete(room);
      else if (!this.#empty.has(room)) this.#empty.set(room, now);
    }
    const before = now - this.#runtime.config.webhooks.vacated_after_ms;
    return [...this.#empty].filter(([, since]) => since <= before).map(([room]) => room);
  }

  /** Told first, remembered after: a worker that dies in between tells again, under the same ids. */
  async #tell(type: 'room.occupied' | 'room.vacated', rooms: readonly string[], dataOf: (room: string) => object): Promise<boolean> {
    const now = this.#runtime.clock.now();
    for (const room of rooms) await this.#events.emit(room, type, dataOf(room), jobIdOf(type, `${room} ${this.#version} ${this.#life}`));
    const field = (): RecordField | null => (type === 'room.occupied' ? { value: String(now) } : null);
    const version = await this.#bus.records.setIf(record, this.#version, new Map(rooms.map((room) => [room, field()])));
    if (version === null) {
      // Another worker has the lease by now.
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
