// Gift combos of one room: the first gift of a combo goes at once, those that follow within the window are sent at its end as one, with
// the exact sum of their counts and the id of each.
import { bodyOfParts, comboParts, type Pending } from '@danmux/bus';

interface Combo {
  /** End of its window, on the monotonic clock. */
  until: number;
  waiting: Pending[];
}

/** A publication that waits to be sent; one that stands for several gifts of a combo names them. */
export interface Waiting extends Pending {
  /** In their order; the newest gives the message its id. */
  readonly gifts?: readonly Pending[];
}

/** One publication for gifts of one combo, of which there is at least one. */
export function joined(gifts: readonly Pending[]): Waiting {
  const newest = gifts.at(-1) as Pending;
  return gifts.length === 1 ? newest : { ...newest, body: bodyOfParts(gifts.map(({ body }) => body)), gifts };
}

export class Combos {
  readonly #windowMs: number;
  readonly #open = new Map<string, Combo>();

  /** 0 merges nothing. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** True when it keeps the gift until its combo's window ends. */
  keep(publication: Pending, now: number): boolean {
    const { combo, marks } = publication;
    // What is marked is one of its own.
    if (combo === undefined || marks || this.#windowMs === 0) return false;
    const known = this.#open.get(combo);
    if (known && (now < known.until || known.waiting.length > 0)) {
      known.waiting.push(publication);
      return true;
    }
    this.#open.set(combo, { until: now + this.#windowMs, waiting: [] });
    return false;
  }

  /** Takes out what waits and must not go any more. */
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

  /** What may go now. */
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

  /** When the next of them may go; never while none waits. */
  get nextAt(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { until, waiting } of this.#open.values()) if (waiting.length > 0) next = Math.min(next, until);
    return next;
  }
}
