// Identical text within a window: the first that said it stands for all of them. Bounded by what flies and waits, since
// whoever holds an entry forgets it here when it goes.

interface Standing {
  readonly since: number;
}

export class MergeWindow<Entry extends Standing> {
  readonly #byText = new Map<string, Entry>();
  #windowMs: number;

  /** 0 merges nothing. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  configure(windowMs: number): void {
    this.#windowMs = windowMs;
    if (windowMs === 0) this.#byText.clear();
  }

  /** The one that stands for this text now. */
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
