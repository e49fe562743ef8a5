// A map whose entries end by themselves. They are forgotten when asked for, and by `sweep`, which its owner calls.
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

  /** Lets a living entry live for `ttlMs` from now. */
  touch(key: K, ttlMs: number): void {
    const entry = this.#entries.get(key);
    if (entry) entry.expires = this.#clock.now() + ttlMs;
  }

  delete(key: K): boolean {
    return this.#entries.delete(key);
  }

  /** The living entries. */
  entries(): [K, V][] {
    const now = this.#clock.now();
    return [...this.#entries].flatMap(([key, { value, expires }]) => (expires > now ? [[key, value] as [K, V]] : []));
  }

  /** Forgets what has ended; returns how many. */
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
