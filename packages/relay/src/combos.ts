// Gift combos of one room. The first gift of a combo is sent immediately. Later gifts within the window are merged at its end into one message
// (several above `comboParts` gifts), with the exact sum of their counts and the id of each.
import { bodyOfParts, comboParts, type Pending } from '@danmux/bus';

interface Combo {
  /** End of the combo's window, on the monotonic clock. */
  until: number;
  waiting: Pending[];
}

/** A publication to be sent; a merged one lists its parts. */
export interface Waiting extends Pending {
  /** The merged gifts, oldest first; the message has the id of the newest. */
  readonly gifts?: readonly Pending[];
}

/** Merges the gifts of one combo, at least one, into one publication. */
export function joined(gifts: readonly Pending[]): Waiting {
  const newest = gifts.at(-1) as Pending;
  return gifts.length === 1 ? newest : { ...newest, body: bodyOfParts(gifts.map(({ body }) => body)), gifts };
}

export class Combos {
  readonly #windowMs: number;
  readonly #open = new Map<string, Combo>();

  /** Length of the window in milliseconds; 0 disables merging. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Returns true when the gift waits here until the window of its combo ends. */
  keep(publication: Pending, now: number): boolean {
    const { combo, marks } = publication;
    // Messages with marks (receipt, expiry) are never merged.
    if (combo === undefined || marks || this.#windowMs === 0) return false;
    const known = this.#open.get(combo);
    if (known && (now < known.until || known.waiting.length > 0)) {
      known.waiting.push(publication);
      return true;
    }
    this.#open.set(combo, { until: now + this.#windowMs, waiting: [] });
    return false;
  }

  /** Removes and returns waiting gifts that must not be sent, such as recalled ones. */
  remove(mustNotGo: (publication: Pending) => boolean): Pending[] {
    const removed: Pending[] = [];
    for (const combo of this.#open.values()) {
      const gone = combo.waiting.filter(mustNotGo);
      if (gone.length === 0) continue;
      removed.push(...gone);
      combo.waiting = combo.waiting.filter((publication) => !gone.includes(publication));
    }
    return removed;
  }

  /** Removes and returns the gifts whose window has ended, merged per combo. */
  take(now: number): Waiting[] {
    const ready: Waiting[] = [];
    for (const [name, combo] of this.#open) {
      if (combo.until > now) continue;
      if (combo.waiting.length === 0) {
        this.#open.delete(name);
        continue;
      }
      for (let from = 0; from < combo.waiting.length; from += comboParts) ready.push(joined(combo.waiting.slice(from, from + comboParts)));
      combo.waiting = [];
      combo.until = now + this.#windowMs;
    }
    return ready;
  }

  /** End of the next window on the monotonic clock; infinity while no gift waits. */
  get nextAt(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { until, waiting } of this.#open.values()) if (waiting.length > 0) next = Math.min(next, until);
    return next;
  }
}
