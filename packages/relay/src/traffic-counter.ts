// Counts the sequenced and the shed messages of each room and writes the counts to the store every 5 seconds. It works per commit and lane, not per
// message. The rooms that have waited longest are written first, so that no room is skipped, not even one without further messages. When too many
// rooms wait, further rooms are not counted.
import { type Bus, isUserRoom, type TrafficRow } from '@danmux/bus';
import { byLane, type Lane } from '@danmux/protocol';
import { type Part, Periodic, type Runtime } from '@danmux/runtime';

const writeEveryMs = 5_000;
/** Maximum number of rooms in one call to the store, which runs one small script for each room. */
const roomsAtOnce = 200;
/** Maximum number of rooms written every `writeEveryMs`, which is 400 rooms a second. */
const roomsATime = 2_000;
/** Maximum number of waiting rooms; writing them all takes 50 seconds. */
const roomsWaiting = 20_000;
const failure = { where: 'traffic-counter', message: 'could not store the traffic of rooms' };

interface Counts {
  /** Start of the counted period, milliseconds on the monotonic clock. */
  readonly since: number;
  readonly sequenced: Partial<Record<Lane, number>>;
  readonly shed: Partial<Record<Lane, Record<string, number>>>;
}

export class TrafficCounter implements Part {
  readonly name = 'traffic-counter';
  readonly #runtime: Runtime;
  readonly #bus: Pick<Bus, 'traffic'>;
  /** Rooms with unwritten counts, in the order in which their first message was counted. */
  readonly #rooms = new Map<string, Counts>();
  readonly #writing: Periodic;
  #writtenAt = performance.now();

  constructor(runtime: Runtime, bus: Pick<Bus, 'traffic'>) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#writing = new Periodic(runtime, { everyMs: writeEveryMs, ...failure, level: 'debug' }, () => this.#write(roomsATime));
  }

  async start(): Promise<void> {
    this.#writing.start();
  }

  async stop(): Promise<void> {
    await this.#writing.stop();
    await this.#write(roomsWaiting);
  }

  sequenced(room: string, lane: Lane, count: number): void {
    const counts = this.#of(room);
    if (!counts) return;
    counts.sequenced[lane] = (counts.sequenced[lane] ?? 0) + count;
  }

  shed(room: string, lane: Lane, reason: string, count: number): void {
    const counts = this.#of(room);
    if (!counts) return;
    const reasons = counts.shed[lane] ?? {};
    counts.shed[lane] = { ...reasons, [reason]: (reasons[reason] ?? 0) + count };
  }

  #of(room: string): Counts | undefined {
    if (isUserRoom(room)) return undefined;
    const known = this.#rooms.get(room);
    if (known) return known;
    if (this.#rooms.size >= roomsWaiting) {
      this.#runtime.metrics.trafficLost.inc();
      return undefined;
    }
    // The room has had no traffic since the last write, so its rate is measured from the time of that write.
    const counts = { since: this.#writtenAt, sequenced: {}, shed: {} };
    this.#rooms.set(room, counts);
    return counts;
  }

  async #write(most: number): Promise<void> {
    if (this.#rooms.size === 0) return;
    const now = performance.now();
    const rows = this.#take(most, now);
    this.#writtenAt = now;
    await this.#send(rows);
  }

  #take(most: number, now: number): TrafficRow[] {
    const at = this.#runtime.clock.now();
    const rows: TrafficRow[] = [];
    for (const [room, { since, sequenced, shed }] of this.#rooms) {
      if (rows.length === most) break;
      this.#rooms.delete(room);
      const rate = (lane: Lane) => Math.round(((sequenced[lane] ?? 0) / Math.max(1, now - since)) * 10_000) / 10;
      const perSecond = byLane(rate);
      rows.push({ room, at, perSecond, counts: { sequenced, shed } });
    }
    return rows;
  }

  /** Does not retry the rows of a failed call, because the store may already have added some of them. */
  async #send(rows: readonly TrafficRow[]): Promise<void> {
    for (let start = 0; start < rows.length; start += roomsAtOnce) {
      try {
        await this.#bus.traffic.add(rows.slice(start, start + roomsAtOnce));
      } catch (error) {
        this.#runtime.caught(failure.where, error, failure.message, { level: 'debug' });
      }
    }
  }
}
