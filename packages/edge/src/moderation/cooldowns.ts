// Limits an action to once per interval and user across the cluster, for example a message in slow mode. Redis decides which request is
// first; this class caches the answers, so a later request is refused from memory and a retry of the first request passes.
import type { Bus } from '@danmux/bus';
import { BoundedMap, type Clock } from '@danmux/runtime';

interface Cooldown {
  readonly until: number;
  /** Id of the request that started the cooldown; undefined when a request on another edge started it; null after `release`. */
  readonly by: string | undefined | null;
}

/** Cap of cached cooldowns; an evicted key is looked up in Redis again. */
const remembered = 100_000;

export class Cooldowns {
  readonly #clock: Clock;
  readonly #bus: Pick<Bus, 'claims'>;
  readonly #known = new BoundedMap<string, Cooldown>(remembered);

  constructor(clock: Clock, bus: Pick<Bus, 'claims'>) {
    this.#clock = clock;
    this.#bus = bus;
  }

  /** Milliseconds until the key is free, from the cache alone; 0 for an unknown key and for the request that started the cooldown. */
  wait(key: string, by: string): number {
    const claim = this.#known.get(key);
    if (!claim || claim.by === by || claim.by === null) return 0;
    return Math.max(0, claim.until - this.#clock.now());
  }

  /**
   * Starts a cooldown of `ms` milliseconds. Returns 0 when the key was free or this request already started the cooldown, else the
   * milliseconds until the key is free.
   */
  async take(key: string, by: string, ms: number): Promise<number> {
    const known = this.#known.get(key);
    if (known && known.until > this.#clock.now()) {
      if (known.by === null) this.#known.set(key, { until: known.until, by });
      return known.by === by || known.by === null ? 0 : known.until - this.#clock.now();
    }
    const wait = await this.#bus.claims.once(key, ms);
    // Another request on this edge may have started the cooldown during the await; it stays the owner.
    const first = this.#known.get(key);
    if (wait > 0 && first && first.until > this.#clock.now()) return wait;
    this.#known.delete(key);
    this.#known.set(key, { until: this.#clock.now() + (wait || ms), by: wait === 0 ? by : undefined });
    const now = this.#clock.now();
    // Map order is start order, not expiry order: an expired entry behind a longer one is removed later.
    this.#known.deleteOldestWhile(({ until }) => until <= now);
    return wait;
  }

  /** Releases a cooldown whose message was not sent: the next request on this edge may reuse it. */
  release(key: string): void {
    const known = this.#known.get(key);
    if (known) this.#known.set(key, { until: known.until, by: null });
  }

  /** Number of cached keys. */
  get size(): number {
    return this.#known.size;
  }
}
