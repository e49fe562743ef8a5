// A map with a maximum size that evicts its oldest entry when full. Use it for caches that can be rebuilt, never for messages.

/** Entries are ordered by insertion. Setting an existing key keeps its place; `delete` followed by `set` makes the key the newest. */
export class BoundedMap<K, V> extends Map<K, V> {
  readonly #cap: number;
  readonly #dropped: ((key: K, value: V) => void) | undefined;

  /** `dropped` is called with each evicted entry, but not with entries removed by `delete`. */
  constructor(cap: number, dropped?: (key: K, value: V) => void) {
    super();
    this.#cap = cap;
    this.#dropped = dropped;
  }

  override set(key: K, value: V): this {
    super.set(key, value);
    if (this.size > this.#cap) this.#dropOldest();
    return this;
  }

  /** Removes the oldest entries, such as expired ones, up to the first for which `isOver` returns false. Does not call `dropped`. */
  deleteOldestWhile(isOver: (value: V, key: K) => boolean): void {
    for (const [key, value] of this) {
      if (!isOver(value, key)) return;
      this.delete(key);
    }
  }

  #dropOldest(): void {
    for (const [key, value] of this) {
      this.delete(key);
      this.#dropped?.(key, value);
      return;
    }
  }
}
