// The lines of danmaku. Pure arithmetic: finds the line on which a box may start now without touching any flight, for all modes,
// widths, heights and speeds. It starts nothing, and its only time is the caller's.
import { leftAt, type Path } from './flight.ts';
import type { DanmakuMode } from './overlay-item.ts';

/** Pixels between two texts of a line. */
const gap = 24;

export interface Lines {
  readonly top: number;
  readonly bottom: number;
  readonly lineHeight: number;
}

/** A path without its line. */
export type Wish = Omit<Path, 'top'>;

export class Tracks {
  readonly #flights = new Set<Path>();
  #byLine: Path[][] = [[]];
  #lines: Lines = { top: 0, bottom: 1, lineHeight: 1 };
  /** Lines kept free for a mode that found none. */
  readonly #kept = new Map<number, DanmakuMode>();

  get count(): number {
    return this.#byLine.length;
  }

  /** Flights stay where they are, also between the new lines. */
  layout(lines: Lines): void {
    this.#lines = lines;
    this.#kept.clear();
    const count = Math.max(1, Math.floor((lines.bottom - lines.top) / lines.lineHeight + 0.01));
    this.#byLine = Array.from({ length: count }, () => []);
    for (const path of this.#flights) this.#enter(path);
  }

  add(path: Path): void {
    this.#flights.add(path);
    this.#enter(path);
  }

  delete(path: Path): void {
    this.#flights.delete(path);
    for (const line of this.#byLine) {
      const at = line.indexOf(path);
      if (at >= 0) line.splice(at, 1);
    }
  }

  /** The top of a free line, or undefined; then a line is reserved for the mode, so that other modes cannot starve it. */
  find(wish: Wish): number | undefined {
    for (const line of this.#order(wish)) {
      if (!this.#isFree(line, wish)) continue;
      if (this.#kept.get(line) === wish.mode) this.#kept.delete(line);
      return this.#topOf(line);
    }
    this.#keep(wish);
    return undefined;
  }

  /** The top of the line with the fewest collisions, for an item that must be shown. */
  leastCrowded(wish: Wish): number {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (const line of this.#order(wish)) {
      const crowd = this.#crowd(line, wish);
      if (crowd < least) [best, least] = [line, crowd];
    }
    return this.#topOf(best);
  }

  /** Nothing of this mode waits: its reserved lines are free for all. */
  release(mode: DanmakuMode): void {
    for (const [line, keptFor] of this.#kept) if (keptFor === mode) this.#kept.delete(line);
  }

  #topOf(line: number): number {
    return this.#lines.top + line * this.#lines.lineHeight;
  }

  /** The lines with enough space below, best first; the first line when the box is too high for all. */
  #order({ mode, height }: Pick<Wish, 'mode' | 'height'>): number[] {
    const last = Math.max(0, this.count - this.#span(height));
    return Array.from({ length: last + 1 }, (_, index) => (mode === 'bottom' ? last - index : index));
  }

  #span(height: number): number {
    return Math.max(1, Math.ceil(height / this.#lines.lineHeight - 0.01));
  }

  #isFree(line: number, wish: Wish): boolean {
    for (let at = line; at < line + this.#span(wish.height) && at < this.count; at++) {
      const keptFor = this.#kept.get(at);
      if (keptFor !== undefined && keptFor !== wish.mode) return false;
      for (const path of this.#byLine[at] ?? []) if (touch(path, wish)) return false;
    }
    return true;
  }

  #crowd(line: number, wish: Wish): number {
    let crowd = 0;
    for (let at = line; at < line + this.#span(wish.height); at++) for (const path of this.#byLine[at] ?? []) if (touch(path, wish)) crowd++;
    return crowd;
  }

  #keep({ mode, height }: Wish): void {
    const span = this.#span(height);
    const most = Math.max(span, Math.floor(this.count / 4));
    let kept = 0;
    for (const keptFor of this.#kept.values()) if (keptFor === mode) kept++;
    if (kept + span > most) return;
    for (const line of this.#order({ mode, height })) {
      const lines = Array.from({ length: Math.min(span, this.count) }, (_, index) => line + index);
      if (lines.some((at) => this.#kept.has(at) || this.#servesOnly(at, mode))) continue;
      for (const at of lines) this.#kept.set(at, mode);
      return;
    }
  }

  /** True for a line used by its own mode only: it becomes free anyway. */
  #servesOnly(line: number, mode: DanmakuMode): boolean {
    const paths = this.#byLine[line] ?? [];
    return paths.length > 0 && paths.every((path) => path.mode === mode);
  }

  #enter(path: Path): void {
    const { top, lineHeight } = this.#lines;
    const first = Math.max(0, Math.floor((path.top - top) / lineHeight + 0.01));
    const last = Math.min(this.count - 1, Math.ceil((path.top + path.height - top) / lineHeight - 0.01) - 1);
    for (let line = first; line <= last; line++) this.#byLine[line]?.push(path);
  }
}

/** Both move evenly, so they never touch if one is on the same side of the other at the start and at the end. */
function touch(flying: Path, wish: Wish): boolean {
  const until = Math.min(flying.end, wish.end);
  if (until <= wish.start) return false;
  const after = distance(flying, wish, wish.start);
  const later = distance(flying, wish, until);
  return !((after.right >= gap && later.right >= 0) || (after.left >= gap && later.left >= 0));
}

/** Distance of the new box to the right of the flying one, and to its left. */
function distance(flying: Path, wish: Wish, now: number): { right: number; left: number } {
  const there = leftAt(flying, now);
  const here = leftAt(wish, now);
  return { right: here - (there + flying.width), left: there - (here + wish.width) };
}
