// Reuses elements (or bitmaps) instead of creating new ones, so that long streams cause little garbage collection.

export class ElementPool<Element> {
  readonly #make: () => Element;
  readonly #cap: number;
  readonly #free: Element[] = [];
  #made = 0;

  constructor(make: () => Element, cap: number) {
    this.#make = make;
    this.#cap = cap;
  }

  /** Number of elements created so far. */
  get made(): number {
    return this.#made;
  }

  acquire(): Element {
    const element = this.#free.pop();
    if (element) return element;
    this.#made++;
    return this.#make();
  }

  /** Returns an element to the pool; past the cap it is dropped. */
  release(element: Element): void {
    if (this.#free.length < this.#cap) this.#free.push(element);
  }
}
