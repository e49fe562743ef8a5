// A map with a cap: past it the oldest entry is dropped. For caches and marks whose loss costs a second look, never for messages.

/** The order is that of insertion; setting a key again keeps its place. `delete` and `set` make it the newest. */
export class BoundedMap<K, V> extends Map<K, V> {
  readonly #cap: number;
  readonly #dropped: ((key: K, value: V) => void) | undefined;

  /** `dropped` is called with each entry the cap takes out, not with those deleted. */
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

  #dropOldest(): void {
    for (const [key, value] of this) {
      this.delete(key);
      this.#dropped?.(key, value);
      return;
    }
  }
}
