// Reuses elements (or bitmaps), so that a long stream creates no garbage in the page.

export class ElementPool<Element> {
  readonly #make: () => Element;
  readonly #cap: number;
  readonly #free: Element[] = [];
  #made = 0;

  constructor(make: () => Element, cap: number) {
    this.#make = make;
    this.#cap = cap;
  }

  /** Number created so far. */
  get made(): number {
    return this.#made;
  }

  acquire(): Element {
    const element = this.#free.pop();
    if (element) return element;
    this.#made++;
    return this.#make();
  }

  /** Past the cap the garbage collector gets it. */
  release(element: Element): void {
    if (this.#free.length < this.#cap) this.#free.push(element);
  }
}
