// Remembers the latest ids up to a cap, so that a repeated message is delivered once.

export class RecentIds {
  readonly #cap: number;
  readonly #ids = new Set<string>();

  constructor(cap: number) {
    this.#cap = cap;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** Returns true when the id was not remembered yet. */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size > this.#cap) {
      const [oldest] = this.#ids;
      if (oldest !== undefined) this.#ids.delete(oldest);
    }
    return true;
  }
}
