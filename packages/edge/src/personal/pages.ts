// Cached pages of one lane of a personal room: one contiguous run of offsets, indexed by recipient. Does no I/O; PersonalHistory reads the
// pages and adds them.
import { addresseeOf } from '@danmux/bus';

export interface PageRange {
  readonly after: number;
  readonly upTo: number;
}

interface Place {
  readonly offset: number;
  readonly text: string;
}

/** Maximum cached characters, as in a replay buffer. Past it no older messages are added, and a viewer that missed them is not recovered. */
const maxCharacters = 8_000_000;

export class PersonalPages {
  readonly epoch: string;
  /** Creation time, milliseconds since 1970. */
  readonly at: number;
  /** Messages by user, in the order they were added. */
  readonly #texts = new Map<string, Place[]>();
  #first: number;
  #last: number;
  #characters = 0;
  /** True when no older messages can be added: Redis has trimmed them, or the cap is reached. */
  #ended = false;

  /** Starts empty at the offset `last`. Older messages are added before this offset and newer ones after it. */
  constructor(epoch: string, last: number, at: number) {
    this.epoch = epoch;
    this.at = at;
    this.#first = last + 1;
    this.#last = last;
  }

  /** True when new messages grew the cache past twice its cap; the owner then replaces it with a new one. */
  get overfull(): boolean {
    return this.#characters > 2 * maxCharacters;
  }

  reaches(after: number, upTo: number): boolean {
    return this.#first <= after + 1 && this.#last >= upTo;
  }

  /** The next range to read so that the pages cover `after` to `upTo`: newer messages first, then older ones. Null when no range is left to read. */
  next(after: number, upTo: number, size: number): PageRange | null {
    if (this.#last < upTo) return { after: this.#last, upTo: Math.min(upTo, this.#last + size) };
    if (this.#first <= after + 1 || this.#ended) return null;
    return { after: Math.max(0, this.#first - 1 - size), upTo: this.#first - 1 };
  }

  /** Adds the messages of a range from `next`, lowest offset first. If there are fewer than the range has offsets, Redis has trimmed the oldest. */
  add({ after, upTo }: PageRange, texts: readonly string[]): void {
    const whole = texts.length === upTo - after;
    const above = upTo > this.#last;
    // Redis has already trimmed some of the new messages, so the cached messages do not connect to those just read.
    if (above && !whole) this.#restart(upTo - texts.length);
    for (const [index, text] of texts.entries()) this.#store(upTo - texts.length + 1 + index, text);
    if (above) this.#last = upTo;
    else this.#first = upTo - texts.length + 1;
    if (!whole || this.#characters > maxCharacters) this.#ended = true;
  }

  /** The user's messages with `after < offset <= upTo`, as stored JSON, lowest offset first. */
  of(user: string, after: number, upTo: number): readonly string[] {
    const own = (this.#texts.get(user) ?? []).filter(({ offset }) => offset > after && offset <= upTo);
    return own.sort((a, b) => a.offset - b.offset).map(({ text }) => text);
  }

  #restart(last: number): void {
    this.#texts.clear();
    this.#characters = 0;
    this.#first = last + 1;
  }

  #store(offset: number, text: string): void {
    const user = addresseeOf(text);
    if (user === undefined) return;
    const own = this.#texts.get(user);
    if (own) own.push({ offset, text });
    else this.#texts.set(user, [{ offset, text }]);
    this.#characters += text.length;
  }
}
