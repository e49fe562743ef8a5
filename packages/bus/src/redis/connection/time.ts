// Keeps the cluster clock of this process at Redis' time: samples TIME at start, at each reconnect and every five seconds, and reports when
// the machine's clock differs. In a Redis Cluster every process asks the same master, the owner of the members' key.
import { ClusterClock, type Runtime } from '@danmux/runtime';
import { timeRead } from '../script/node.ts';
import type { RedisStore } from '../store.ts';
import type { RedisConnection } from './connection.ts';

/** Number of samples at start and at a reconnect; the one with the shortest round trip is used. */
const burst = 3;
const everyMs = 5_000;
/** Interval between checks for a step of the machine's clock, milliseconds. */
const watchMs = 1_000;
/** `start` waits at most this long for the first sample. Without Redis the process starts anyway and reports that it is not ready. */
const longestWaitMs = 1_000;
const tolerableSkewMs = 1_000;

export class RedisTime {
  readonly #runtime: Runtime;
  readonly #store: RedisStore;
  /** Undefined when the runtime was created with another clock (tests). */
  readonly #clock: ClusterClock | undefined;
  #timer: NodeJS.Timeout | undefined;
  #asking: Promise<void> | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #skewMs = 0;
  #learnt: () => void = () => {};

  constructor(runtime: Runtime, store: RedisStore, connection: RedisConnection) {
    this.#runtime = runtime;
    this.#store = store;
    this.#clock = runtime.clock instanceof ClusterClock ? runtime.clock : undefined;
    if (this.#clock) connection.onReady(() => void this.#ask(burst));
  }

  get known(): boolean {
    return this.#clock?.learnt ?? true;
  }

  /** Resolves when Redis' time is known, after `longestWaitMs` at the latest. */
  async start(): Promise<void> {
    if (!this.#clock) return;
    this.#timer = setInterval(() => this.#watch(), watchMs);
    if (this.#clock.learnt) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#learnt = resolve;
      timer = setTimeout(resolve, longestWaitMs);
    });
    clearTimeout(timer);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#learnt();
  }

  #watch(): void {
    const stepped = Math.abs((this.#clock?.skewMs ?? 0) - this.#skewMs) > tolerableSkewMs / 2;
    if (stepped || performance.now() - this.#askedAt > everyMs) void this.#ask(1);
    // The skew also changes when this machine was suspended. After a change, only the next sample shows the true skew.
    if (!stepped) this.#judge();
  }

  #ask(samples: number): Promise<void> {
    this.#asking ??= this.#sample(samples).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #sample(samples: number): Promise<void> {
    for (let left = samples; left > 0; left--) {
      this.#askedAt = performance.now();
      try {
        const [s, us] = (await this.#store.run(timeRead, { key: this.#store.keys.members })) as [string, string];
        this.#clock?.learn({ time: Number(s) * 1_000 + Number(us) / 1_000, asked: this.#askedAt, answered: performance.now() });
      } catch (error) {
        // The connection logs the outage. The last known offset stays in use until Redis is back.
        this.#runtime.caught('redis-time', error, 'cannot read the time of redis', { level: 'debug' });
        return;
      }
    }
    this.#learnt();
    this.#judge();
  }

  #judge(): void {
    const clock = this.#clock;
    if (!clock?.learnt) return;
    const { degraded } = this.#runtime;
    this.#skewMs = clock.skewMs;
    const off = Math.abs(this.#skewMs) - clock.errorMs;
    // Two thresholds, so that a skew near the limit does not set and clear the state again and again.
    if (off > tolerableSkewMs) degraded.set('clock_skew', skewText(this.#skewMs), { skew_ms: Math.round(this.#skewMs) });
    else if (off < tolerableSkewMs * 0.8) degraded.clear('clock_skew');
  }
}

function skewText(skewMs: number): string {
  const signed = `${skewMs > 0 ? '+' : '-'}${(Math.abs(skewMs) / 1_000).toFixed(1)} s`;
  return `The clock of this machine differs from the store's by ${signed}. Danmux uses the store's clock; synchronise this machine's clock (NTP).`;
}
