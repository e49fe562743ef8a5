// Finds the danmaku to which an identical text within the time window is added as a count. The caller removes an entry with its danmaku, so the
// caps on flights and queue bound the size.

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

  /** The entry of this text if it began within the window; `now` on the clock of `since`. */
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
