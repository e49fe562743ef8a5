// Remembers the latest ids, so that a repeated message is delivered once.

export class Seen {
  readonly #cap: number;
  readonly #ids = new Set<string>();

  constructor(cap: number) {
    this.#cap = cap;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  /** True the first time. */
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
