// Keeps the process's cluster clock at the store's time: asks it when the process starts, at each reconnect and every few seconds,
// and says when the machine's clock is off. On a Redis Cluster the master that owns the members' key is asked, by every process.
import { ClusterClock, type Runtime } from '@danmux/runtime';
import type { RedisStore } from '../store.ts';
import type { RedisConnection } from './connection.ts';

/** Samples at start and at a reconnect; the one with the least round trip counts. */
const burst = 3;
const everyMs = 5_000;
/** A step of the machine's clock is noticed within this. */
const watchMs = 1_000;
/** A start waits so long for the first sample; a process whose store is away starts without, and is not ready. */
const longestWaitMs = 1_000;
const tolerableSkewMs = 1_000;

export class RedisTime {
  readonly #runtime: Runtime;
  readonly #store: RedisStore;
  /** Undefined in a process that was given another clock. */
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

  /** Resolves with the first sample, or when it is waited for no longer. */
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
    // A machine that slept looks like one whose clock was stepped, until the store was asked.
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
        const [s, us] = (await this.#store.run('dmxTime', [this.#store.keys.members], [])) as [string, string];
        this.#clock?.learn({ time: Number(s) * 1_000 + Number(us) / 1_000, asked: this.#askedAt, answered: performance.now() });
      } catch (error) {
        // The connection itself says once that Redis is away; what is known of its time holds until it is back.
        this.#runtime.caught('redis-time', error, 'the store did not tell its time', { level: 'debug' });
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
    // Not both at the border: what comes and goes would fill the log.
    if (off > tolerableSkewMs) degraded.set('clock_skew', skewText(this.#skewMs), { skew_ms: Math.round(this.#skewMs) });
    else if (off < tolerableSkewMs * 0.8) degraded.clear('clock_skew');
  }
}

function skewText(skewMs: number): string {
  const signed = `${skewMs > 0 ? '+' : '-'}${(Math.abs(skewMs) / 1_000).toFixed(1)} s`;
  return `The clock of this machine differs from the store's by ${signed}. Danmux goes by the store's clock; set this one right (NTP).`;
}
