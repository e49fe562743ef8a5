// Pages of one lane of a room that users share, put together to one run of offsets without a hole and sorted by whose each message is.
// It reads nothing, and parses no message.
import { addresseeOf } from '@danmux/bus';

export interface PageRange {
  readonly after: number;
  readonly upTo: number;
}

interface Place {
  readonly offset: number;
  readonly text: string;
}

/** Characters kept at most, as of a ring: what lies further back then counts as not there. */
const maxCharacters = 8_000_000;

export class PersonalPages {
  readonly epoch: string;
  /** When it was begun. */
  readonly at: number;
  /** By user, in the order they were put in. */
  readonly #texts = new Map<string, Place[]>();
  #first: number;
  #last: number;
  #characters = 0;
  /** Nothing below can be had. */
  #ended = false;

  /** It begins empty, and grows down from `last` and up from it. */
  constructor(epoch: string, last: number, at: number) {
    this.epoch = epoch;
    this.at = at;
    this.#first = last + 1;
    this.#last = last;
  }

  /** What is new made it larger than it may be: better begun anew. */
  get overfull(): boolean {
    return this.#characters > 2 * maxCharacters;
  }

  reaches(after: number, upTo: number): boolean {
    return this.#first <= after + 1 && this.#last >= upTo;
  }

  /** What is to be read next for messages between these offsets: what is new, then page after page down; null when nothing, or in vain. */
  next(after: number, upTo: number, size: number): PageRange | null {
    if (this.#last < upTo) return { after: this.#last, upTo: Math.min(upTo, this.#last + size) };
    if (this.#first <= after + 1 || this.#ended) return null;
    return { after: Math.max(0, this.#first - 1 - size), upTo: this.#first - 1 };
  }

  /** What `next` asked for, lowest offset first; fewer when history does not reach further back. */
  add({ after, upTo }: PageRange, texts: readonly string[]): void {
    const whole = texts.length === upTo - after;
    const above = upTo > this.#last;
    // New messages that are gone already: nothing is connected to them.
    if (above && !whole) this.#restart(upTo - texts.length);
    for (const [index, text] of texts.entries()) this.#keep(upTo - texts.length + 1 + index, text);
    if (above) this.#last = upTo;
    else this.#first = upTo - texts.length + 1;
    if (!whole || this.#characters > maxCharacters) this.#ended = true;
  }

  /** The user's messages with `after < offset <= upTo` as the JSON a viewer gets, lowest first. */
  of(user: string, after: number, upTo: number): readonly string[] {
    const own = (this.#texts.get(user) ?? []).filter(({ offset }) => offset > after && offset <= upTo);
    return own.sort((a, b) => a.offset - b.offset).map(({ text }) => text);
  }

  #restart(last: number): void {
    this.#texts.clear();
    this.#characters = 0;
    this.#first = last + 1;
  }

  #keep(offset: number, text: string): void {
    const user = addresseeOf(text);
    if (user === undefined) return;
    const own = this.#texts.get(user);
    if (own) own.push({ offset, text });
    else this.#texts.set(user, [{ offset, text }]);
    this.#characters += text.length;
  }
}
