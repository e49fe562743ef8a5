// Actions a user may do once per interval over the whole cluster, such as a message in slow mode: the store decides which request is
// first, this remembers its answers. The same request again keeps its cooldown; another one is refused from memory.
import type { Bus } from '@danmux/bus';
import type { Clock } from '@danmux/runtime';

interface Cooldown {
  readonly until: number;
  /** The request that has it; undefined when it is one of another edge, null when its own gave it up. */
  readonly by: string | undefined | null;
}

/** Claims remembered at most; of more the oldest are asked of the store again. */
const remembered = 100_000;

export class Cooldowns {
  readonly #clock: Clock;
  readonly #bus: Pick<Bus, 'claims'>;
  readonly #known = new Map<string, Cooldown>();

  constructor(clock: Clock, bus: Pick<Bus, 'claims'>) {
    this.#clock = clock;
    this.#bus = bus;
  }

  /** Milliseconds until the key is free, as far as is known here without asking; 0 also for the request that has it. */
  wait(key: string, by: string): number {
    const claim = this.#known.get(key);
    if (!claim || claim.by === by || claim.by === null) return 0;
    return Math.max(0, claim.until - this.#clock.now());
  }

  /** 0 when the key was free and is taken for `ms`, or when this request has it; else milliseconds until it is free. */
  async take(key: string, by: string, ms: number): Promise<number> {
    const known = this.#known.get(key);
    if (known && known.until > this.#clock.now()) {
      if (known.by === null) this.#known.set(key, { until: known.until, by });
      return known.by === by || known.by === null ? 0 : known.until - this.#clock.now();
    }
    const wait = await this.#bus.claims.once(key, ms);
    // Another request of this edge may have been first, and stays the one that has it.
    const first = this.#known.get(key);
    if (wait > 0 && first && first.until > this.#clock.now()) return wait;
    this.#known.delete(key);
    this.#known.set(key, { until: this.#clock.now() + (wait || ms), by: wait === 0 ? by : undefined });
    this.#forget();
    return wait;
  }

  /** What was taken was for nothing: the next request on this edge may have it. */
  release(key: string): void {
    const known = this.#known.get(key);
    if (known) this.#known.set(key, { until: known.until, by: null });
  }

  /** Keys it remembers. */
  get size(): number {
    return this.#known.size;
  }

  #forget(): void {
    const now = this.#clock.now();
    for (const [key, { until }] of this.#known) {
      // Longer ones may stand in front of shorter ones: those go when their turn comes.
      if (until > now && this.#known.size <= remembered) return;
      this.#known.delete(key);
    }
  }
}
