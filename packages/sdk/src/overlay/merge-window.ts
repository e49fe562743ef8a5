// Merges identical texts within a window: the first one shows the count. The size is bounded by the flights and the queue, because
// an entry is removed with its danmaku.

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

  /** The current entry of this text. */
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
