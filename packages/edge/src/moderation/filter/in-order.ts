// Runs work of one key concurrently but settles its results in call order, so two messages of one viewer cannot overtake each other.
// Holds one promise per key while work of that key is pending.

export class InOrder {
  readonly #last = new Map<string, Promise<void>>();

  /** Settles like `work`, but not before all earlier work of the same key has settled. */
  run<T>(key: string, work: Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const ordered = before ? this.#after(before, work) : work;
    const settled = ordered.then(ignore, ignore);
    this.#last.set(key, settled);
    void settled.then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    });
    return ordered;
  }

  /** Number of keys with pending work. */
  get size(): number {
    return this.#last.size;
  }

  async #after<T>(before: Promise<void>, work: Promise<T>): Promise<T> {
    // Awaits both together: `work` may reject before `before` settles, and that would be an unhandled rejection.
    const [outcome] = await Promise.allSettled([work, before]);
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  }
}

const ignore = () => {};
