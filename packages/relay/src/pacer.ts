// Decides when a room's next frame is sent: at once in a quiet room, otherwise one tick after the last frame. Control and gift have a
// short tick of their own; the tick of the other lanes grows with the room's rate, since large frames cost less per message. Each
// waiting room has one timer.
import type { Config } from '@danmux/runtime';
import type { RoomQueue } from './room-queue.ts';

export type PacerConfig = Pick<Config['relay'], 'tick_ms' | 'max_tick_ms' | 'urgent_tick_ms'>;
type Waiting = Pick<RoomQueue, 'urgent' | 'ordinary' | 'lastUrgent' | 'lastOrdinary' | 'rate' | 'tellAt' | 'combosAt' | 'notBefore'>;

/** The tick reaches its maximum at this many messages/s. */
const busyRate = 500;

/** Milliseconds from `now`, on the monotonic clock, until the room may send. */
export function waitBeforeFlush(queue: Waiting, config: PacerConfig, now: number): number {
  return Math.max(0, queue.notBefore - now, Math.min(urgentAt(queue, config), ordinaryAt(queue, config)) - now);
}

/** True when the next frame must contain control and gift messages. */
export function urgentIsNext(queue: Waiting, config: PacerConfig, now: number): boolean {
  const at = urgentAt(queue, config);
  return at <= now || at <= ordinaryAt(queue, config);
}

function urgentAt(queue: Waiting, { urgent_tick_ms }: PacerConfig): number {
  return Math.min(queue.urgent ? queue.lastUrgent + urgent_tick_ms : Number.POSITIVE_INFINITY, queue.combosAt);
}

function ordinaryAt(queue: Waiting, { tick_ms, max_tick_ms }: PacerConfig): number {
  const tick = tick_ms + Math.max(0, max_tick_ms - tick_ms) * Math.min(1, queue.rate / busyRate);
  return Math.min(queue.ordinary ? queue.lastOrdinary + tick : Number.POSITIVE_INFINITY, queue.tellAt);
}

interface Planned {
  readonly timer: NodeJS.Timeout;
  readonly at: number;
}

export class Pacer {
  readonly #config: PacerConfig;
  readonly #flush: (queue: RoomQueue, urgent: boolean) => void;
  readonly #planned = new Map<RoomQueue, Planned>();

  /** `flush` sends one frame of a room: control and gift when `urgent` is true, otherwise chat and ambient. */
  constructor(config: PacerConfig, flush: (queue: RoomQueue, urgent: boolean) => void) {
    this.#config = config;
    this.#flush = flush;
  }

  /** Schedules the room's next flush, unless an earlier one is scheduled. */
  plan(queue: RoomQueue): void {
    if (queue.flushing || queue.empty) return;
    const now = performance.now();
    const wait = waitBeforeFlush(queue, this.#config, now);
    const planned = this.#planned.get(queue);
    if (planned && planned.at <= now + wait) return;
    clearTimeout(planned?.timer);
    this.#planned.delete(queue);
    if (wait === 0) {
      this.#flushNow(queue);
      return;
    }
    const timer = setTimeout(() => {
      this.#planned.delete(queue);
      this.#flushNow(queue);
    }, wait);
    this.#planned.set(queue, { timer, at: now + wait });
  }

  stop(): void {
    for (const { timer } of this.#planned.values()) clearTimeout(timer);
    this.#planned.clear();
  }

  #flushNow(queue: RoomQueue): void {
    this.#flush(queue, urgentIsNext(queue, this.#config, performance.now()));
  }
}
