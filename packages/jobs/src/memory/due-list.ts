// Items sorted by due time; items due at the same time keep the order in which they were added. It owns no timer.

export interface Due {
  /** Milliseconds since 1970. */
  dueAt: number;
  /** Unique; breaks ties. */
  readonly order: number;
}

export class DueList<T extends Due> {
  readonly #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  get first(): T | undefined {
    return this.#items[0];
  }

  add(item: T): void {
    this.#items.splice(this.#place(item), 0, item);
  }

  /** False when the item is not in the list. */
  remove(item: T): boolean {
    const place = this.#place(item);
    if (this.#items[place] !== item) return false;
    this.#items.splice(place, 1);
    return true;
  }

  /** Index of the item, or the index at which to insert it. */
  #place({ dueAt, order }: Due): number {
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#items[middle] as T;
      if (other.dueAt < dueAt || (other.dueAt === dueAt && other.order < order)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
