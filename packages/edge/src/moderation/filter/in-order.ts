// Lets questions be asked at the same time and their answers come in the order of the questions, so that two messages of one
// viewer do not overtake each other. It holds one promise a key, as long as something of it is under way.

export class InOrder {
  readonly #last = new Map<string, Promise<void>>();

  /** Settles as `work` does, but not before what was run earlier under the key has settled. */
  run<T>(key: string, work: Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const ordered = before ? this.#after(before, work) : work;
    const settled = ordered.then(nothing, nothing);
    this.#last.set(key, settled);
    void settled.then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key);
    });
    return ordered;
  }

  /** Keys that something is under way of. */
  get size(): number {
    return this.#last.size;
  }

  async #after<T>(before: Promise<void>, work: Promise<T>): Promise<T> {
    // Both are waited for at once: a rejection of `work` has to be listened to while `before` is not settled.
    const [outcome] = await Promise.allSettled([work, before]);
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  }
}

const nothing = () => {};
