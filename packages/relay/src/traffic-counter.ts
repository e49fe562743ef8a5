// What this relay sequenced and shed in each room, told to the store every few seconds: a look into a map for each commit, and nothing
// on the way of a message. Of many rooms the busiest are told first; the others keep their counts for the next time.
import { type Bus, isUserRoom, type TrafficRow } from '@danmux/bus';
import { type Lane, laneNames } from '@danmux/protocol';
import type { Part, Runtime } from '@danmux/runtime';

const tellEveryMs = 5_000;
/** Each is one small script in the store. */
const roomsAtOnce = 200;

interface Counts {
  /** On the monotonic clock. */
  readonly since: number;
  readonly sequenced: Partial<Record<Lane, number>>;
  readonly shed: Partial<Record<Lane, Record<string, number>>>;
  messages: number;
}

export class TrafficCounter implements Part {
  readonly name = 'traffic-counter';
  readonly #runtime: Runtime;
  readonly #bus: Pick<Bus, 'traffic'>;
  readonly #rooms = new Map<string, Counts>();
  #timer: NodeJS.Timeout | undefined;
  #telling: Promise<void> | undefined;
  #toldAt = performance.now();

  constructor(runtime: Runtime, bus: Pick<Bus, 'traffic'>) {
    this.#runtime = runtime;
    this.#bus = bus;
  }

  async start(): Promise<void> {
    this.#timer = setInterval(() => this.#tell(), tellEveryMs);
  }

  async drain(): Promise<void> {}

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#telling;
    this.#tell();
    await this.#telling;
  }

  sequenced(room: string, lane: Lane, count: number): void {
    const counts = this.#of(room);
    if (!counts) return;
    counts.sequenced[lane] = (counts.sequenced[lane] ?? 0) + count;
    counts.messages += count;
  }

  shed(room: string, lane: Lane, reason: string, count: number): void {
    const counts = this.#of(room);
    if (!counts) return;
    const reasons = counts.shed[lane] ?? {};
    counts.shed[lane] = { ...reasons, [reason]: (reasons[reason] ?? 0) + count };
    counts.messages += count;
  }

  #of(room: string): Counts | undefined {
    if (isUserRoom(room)) return undefined;
    const known = this.#rooms.get(room);
    if (known) return known;
    // It was quiet since this relay told last.
    const counts = { since: this.#toldAt, sequenced: {}, shed: {}, messages: 0 };
    this.#rooms.set(room, counts);
    return counts;
  }

  #tell(): void {
    if (this.#telling || this.#rooms.size === 0) return;
    const busiest = [...this.#rooms].sort(([, a], [, b]) => b.messages - a.messages).slice(0, roomsAtOnce);
    for (const [room] of busiest) this.#rooms.delete(room);
    const now = performance.now();
    const at = this.#runtime.clock.now();
    const rows = busiest.map(([room, { since, sequenced, shed }]): TrafficRow => {
      const rate = (lane: Lane) => Math.round(((sequenced[lane] ?? 0) / Math.max(1, now - since)) * 10_000) / 10;
      const perSecond = Object.fromEntries(laneNames.map((lane) => [lane, rate(lane)])) as Record<Lane, number>;
      return { room, at, perSecond, counts: { sequenced, shed } };
    });
    this.#toldAt = now;
    this.#telling = this.#bus.traffic
      .add(rows)
      .catch((error: unknown) => {
        this.#runtime.metrics.caught.inc({ where: 'traffic-counter' });
        this.#runtime.log.debug({ err: error }, 'could not tell what was counted in rooms');
      })
      .finally(() => {
        this.#telling = undefined;
      });
  }
}
