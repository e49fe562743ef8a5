// What this relay sequenced and shed in each room, told to the store every few seconds: a look into a map for each commit, and nothing
// on the way of a message. Of many rooms those that have waited longest are told first, so that every room is, also one that ended;
// past a cap of rooms that wait, further ones are not counted.
import { type Bus, isUserRoom, type TrafficRow } from '@danmux/bus';
import { type Lane, laneNames } from '@danmux/protocol';
import type { Part, Runtime } from '@danmux/runtime';

const tellEveryMs = 5_000;
/** Each is one small script in the store; one call of it. */
const roomsAtOnce = 200;
/** Rooms told every `tellEveryMs`: 400 a second. */
const roomsATime = 2_000;
/** Rooms that may wait: 50 seconds of them. */
const roomsWaiting = 20_000;

interface Counts {
  /** On the monotonic clock. */
  readonly since: number;
  readonly sequenced: Partial<Record<Lane, number>>;
  readonly shed: Partial<Record<Lane, Record<string, number>>>;
}

export class TrafficCounter implements Part {
  readonly name = 'traffic-counter';
  readonly #runtime: Runtime;
  readonly #bus: Pick<Bus, 'traffic'>;
  /** In the order their first message was counted. */
  readonly #rooms = new Map<string, Counts>();
  #timer: NodeJS.Timeout | undefined;
  #telling: Promise<void> | undefined;
  #toldAt = performance.now();

  constructor(runtime: Runtime, bus: Pick<Bus, 'traffic'>) {
    this.#runtime = runtime;
    this.#bus = bus;
  }

  async start(): Promise<void> {
    this.#timer = setInterval(() => this.#tell(roomsATime), tellEveryMs);
  }

  async drain(): Promise<void> {}

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#telling;
    this.#tell(roomsWaiting);
    await this.#telling;
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
    // It was quiet since this relay told last.
    const counts = { since: this.#toldAt, sequenced: {}, shed: {} };
    this.#rooms.set(room, counts);
    return counts;
  }

  #tell(most: number): void {
    if (this.#telling || this.#rooms.size === 0) return;
    const now = performance.now();
    const rows = this.#take(most, now);
    this.#toldAt = now;
    this.#telling = this.#send(rows).finally(() => {
      this.#telling = undefined;
    });
  }

  #take(most: number, now: number): TrafficRow[] {
    const at = this.#runtime.clock.now();
    const rows: TrafficRow[] = [];
    for (const [room, { since, sequenced, shed }] of this.#rooms) {
      if (rows.length === most) break;
      this.#rooms.delete(room);
      const rate = (lane: Lane) => Math.round(((sequenced[lane] ?? 0) / Math.max(1, now - since)) * 10_000) / 10;
      const perSecond = Object.fromEntries(laneNames.map((lane) => [lane, rate(lane)])) as Record<Lane, number>;
      rows.push({ room, at, perSecond, counts: { sequenced, shed } });
    }
    return rows;
  }

  /** What the store does not take is lost: a part of it may have been added. */
  async #send(rows: readonly TrafficRow[]): Promise<void> {
    for (let start = 0; start < rows.length; start += roomsAtOnce) {
      try {
        await this.#bus.traffic.add(rows.slice(start, start + roomsAtOnce));
      } catch (error) {
        this.#runtime.metrics.caught.inc({ where: 'traffic-counter' });
        this.#runtime.log.debug({ err: error }, 'could not tell what was counted in rooms');
      }
    }
  }
}
