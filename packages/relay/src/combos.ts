// Gift combos of one room: the first gift of a combo goes at once, those that follow within the window are sent at its end as
// one, with the exact sum of their counts.
import type { Pending } from '@danmux/bus';
import { mergeCounters } from './merge-counters.ts';

interface Combo {
  /** End of its window, on the monotonic clock. */
  until: number;
  waiting: Pending[];
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

  /** What may go now, and what was merged into it. */
  take(now: number): { ready: Pending[]; merged: Pending[] } {
    const ready: Pending[] = [];
    const all: Pending[] = [];
    for (const [name, combo] of this.#open) {
      if (combo.until > now) continue;
      if (combo.waiting.length === 0) {
        this.#open.delete(name);
        continue;
      }
      const { kept, merged } = mergeCounters(combo.waiting);
      ready.push(...kept);
      all.push(...merged);
      combo.waiting = [];
      combo.until = now + this.#windowMs;
    }
    return { ready, merged: all };
  }

  /** When the next of them may go; never while none waits. */
  get nextAt(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { until, waiting } of this.#open.values()) if (waiting.length > 0) next = Math.min(next, until);
    return next;
  }
}
