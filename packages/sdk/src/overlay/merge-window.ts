// Finds the danmaku whose count increases when its text is repeated within the time window. The caller must call `forget` when it removes a danmaku;
// so the caps on flights and queue also limit the number of entries here.

interface Started {
  readonly since: number;
}

export class MergeWindow<Entry extends Started> {
  readonly #byText = new Map<string, Entry>();
  #windowMs: number;

  /** `windowMs` 0: nothing is merged. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  configure(windowMs: number): void {
    this.#windowMs = windowMs;
    if (windowMs === 0) this.#byText.clear();
  }

  /** Returns the entry of this text if it began within the window before `now`; `now` and `since` must be times of the same clock. */
  find(text: string, now: number): Entry | undefined {
    const entry = this.#byText.get(text);
    return entry && now - entry.since <= this.#windowMs ? entry : undefined;
  }

  add(text: string, entry: Entry): void {
    if (this.#windowMs > 0) this.#byText.set(text, entry);
  }

  forget(text: string, entry: Entry): void {
    if (this.#byText.get(text) === entry) this.#byText.delete(text);
  }
}
