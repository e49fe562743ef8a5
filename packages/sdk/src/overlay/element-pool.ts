// Elements (or bitmaps) that are used again instead of made anew, so that a long stream makes no garbage in the page.

export class ElementPool<Kept> {
  readonly #make: () => Kept;
  readonly #cap: number;
  readonly #free: Kept[] = [];
  #made = 0;

  constructor(make: () => Kept, cap: number) {
    this.#make = make;
    this.#cap = cap;
  }

  /** Made so far. */
  get made(): number {
    return this.#made;
  }

  take(): Kept {
    const element = this.#free.pop();
    if (element) return element;
    this.#made++;
    return this.#make();
  }

  /** Past the cap it is left to the garbage collector. */
  give(element: Kept): void {
    if (this.#free.length < this.#cap) this.#free.push(element);
  }
}
