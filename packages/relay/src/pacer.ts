// When a room's next frame leaves: at once after quiet, else one tick after the last one; control and gift wait the short
// tick only. One timer per room that has something waiting.
import type { Config } from '@danmux/runtime';
import type { RoomQueue } from './room-queue.ts';

export type PacerConfig = Pick<Config['relay'], 'tick_ms' | 'urgent_tick_ms'>;

/** Milliseconds to wait before the room may send, from `now` on the monotonic clock. */
export function waitBeforeFlush(queue: Pick<RoomQueue, 'urgent' | 'lastFlush'>, config: PacerConfig, now: number): number {
  const tick = queue.urgent ? config.urgent_tick_ms : config.tick_ms;
  return Math.max(0, queue.lastFlush + tick - now);
}

interface Planned {
  readonly timer: NodeJS.Timeout;
  readonly at: number;
}

export class Pacer {
  readonly #config: PacerConfig;
  readonly #flush: (queue: RoomQueue) => void;
  readonly #planned = new Map<RoomQueue, Planned>();

  constructor(config: PacerConfig, flush: (queue: RoomQueue) => void) {
    this.#config = config;
    this.#flush = flush;
  }

  /** Plans the room's next flush; an earlier plan stands unless this one comes sooner. */
  plan(queue: RoomQueue): void {
    if (queue.flushing || queue.empty) return;
    const now = performance.now();
    const wait = waitBeforeFlush(queue, this.#config, now);
    const planned = this.#planned.get(queue);
    if (planned && planned.at <= now + wait) return;
    clearTimeout(planned?.timer);
    this.#planned.delete(queue);
    if (wait === 0) {
      this.#flush(queue);
      return;
    }
    const timer = setTimeout(() => {
      this.#planned.delete(queue);
      this.#flush(queue);
    }, wait);
    this.#planned.set(queue, { timer, at: now + wait });
  }

  stop(): void {
    for (const { timer } of this.#planned.values()) clearTimeout(timer);
    this.#planned.clear();
  }
}
