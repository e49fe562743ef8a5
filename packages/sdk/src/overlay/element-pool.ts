// Elements that are used again instead of made anew, so that a long stream makes no garbage in the page.

export class ElementPool {
  readonly #make: () => HTMLElement;
  readonly #cap: number;
  readonly #free: HTMLElement[] = [];
  #made = 0;

  constructor(make: () => HTMLElement, cap: number) {
    this.#make = make;
    this.#cap = cap;
  }

  /** Elements made so far. */
  get made(): number {
    return this.#made;
  }

  take(): HTMLElement {
    const element = this.#free.pop();
    if (element) return element;
    this.#made++;
    return this.#make();
  }

  give(element: HTMLElement): void {
    element.remove();
    if (this.#free.length < this.#cap) this.#free.push(element);
  }
}
