// A map with a TTL per entry. Expired entries are removed when they are read and by `sweep`, which the owner of the map must call.
import type { Clock } from '@danmux/runtime';

interface Entry<V> {
  value: V;
  expires: number;
}

export class ExpiringMap<K, V> {
  readonly #clock: Clock;
  readonly #entries = new Map<K, Entry<V>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(key: K): V | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (entry.expires > this.#clock.now()) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: K, value: V, ttlMs: number): void {
    this.#entries.set(key, { value, expires: this.#clock.now() + ttlMs });
  }

  /** Sets the TTL of an existing entry to `ttlMs` from now. */
  touch(key: K, ttlMs: number): void {
    const entry = this.#entries.get(key);
    if (entry) entry.expires = this.#clock.now() + ttlMs;
  }

  delete(key: K): boolean {
    return this.#entries.delete(key);
  }

  /** All entries that have not expired. */
  entries(): [K, V][] {
    const now = this.#clock.now();
    return [...this.#entries].flatMap(([key, { value, expires }]) => (expires > now ? [[key, value] as [K, V]] : []));
  }

  /** Removes expired entries; returns their number. */
  sweep(): number {
    const now = this.#clock.now();
    const ended = [...this.#entries].filter(([, { expires }]) => expires <= now);
    for (const [key] of ended) this.#entries.delete(key);
    return ended.length;
  }

  clear(): void {
    this.#entries.clear();
  }
}
