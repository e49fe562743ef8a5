// The lines of the overlay. Finds the line on which a box can start now without touching any flight, for all modes, widths, heights and speeds. Pure
// arithmetic: it starts no flight and reads no clock.
import { leftAt, type Path } from './flight.ts';
import type { DanmakuMode } from './overlay-item.ts';

/** Minimum distance between two texts of a line, CSS pixels. */
const gap = 24;

export interface Lines {
  readonly top: number;
  readonly bottom: number;
  readonly lineHeight: number;
}

/** The path of a box for which no line has been chosen yet. */
export type Wish = Omit<Path, 'top'>;

export class Tracks {
  readonly #flights = new Set<Path>();
  #byLine: Path[][] = [[]];
  #lines: Lines = { top: 0, bottom: 1, lineHeight: 1 };
  /** Lines reserved for a mode whose boxes found no free line: no other mode may start on them. */
  readonly #reserved = new Map<number, DanmakuMode>();

  get count(): number {
    return this.#byLine.length;
  }

  /** Sets the lines. Flights keep their positions, so one may overlap two of the new lines. */
  layout(lines: Lines): void {
    this.#lines = lines;
    this.#reserved.clear();
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

  /** Returns the top of a free line. When none is free, returns undefined and reserves lines for the mode, so that other modes cannot starve it. */
  find(wish: Wish): number | undefined {
    for (const line of this.#order(wish)) {
      if (!this.#isFree(line, wish)) continue;
      if (this.#reserved.get(line) === wish.mode) this.#reserved.delete(line);
      return this.#topOf(line);
    }
    this.#reserve(wish);
    return undefined;
  }

  /** Returns the top of the line with the fewest collisions, for an item that must be shown now. */
  leastCrowded(wish: Wish): number {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (const line of this.#order(wish)) {
      const crowd = this.#crowd(line, wish);
      if (crowd < least) [best, least] = [line, crowd];
    }
    return this.#topOf(best);
  }

  /** Call when no danmaku of this mode is queued: the reservations of the mode end. */
  release(mode: DanmakuMode): void {
    for (const [line, reservedFor] of this.#reserved) if (reservedFor === mode) this.#reserved.delete(line);
  }

  #topOf(line: number): number {
    return this.#lines.top + line * this.#lines.lineHeight;
  }

  /** Indexes of the lines on which a box of this height fits, best first; only the first line when the box is too high for any. */
  #order({ mode, height }: Pick<Wish, 'mode' | 'height'>): number[] {
    const last = Math.max(0, this.count - this.#span(height));
    return Array.from({ length: last + 1 }, (_, index) => (mode === 'bottom' ? last - index : index));
  }

  #span(height: number): number {
    return Math.max(1, Math.ceil(height / this.#lines.lineHeight - 0.01));
  }

  #isFree(line: number, wish: Wish): boolean {
    for (let at = line; at < line + this.#span(wish.height) && at < this.count; at++) {
      const reservedFor = this.#reserved.get(at);
      if (reservedFor !== undefined && reservedFor !== wish.mode) return false;
      for (const path of this.#byLine[at] ?? []) if (touch(path, wish)) return false;
    }
    return true;
  }

  #crowd(line: number, wish: Wish): number {
    let crowd = 0;
    for (let at = line; at < line + this.#span(wish.height); at++) for (const path of this.#byLine[at] ?? []) if (touch(path, wish)) crowd++;
    return crowd;
  }

  #reserve({ mode, height }: Wish): void {
    const span = this.#span(height);
    const most = Math.max(span, Math.floor(this.count / 4));
    let reservedCount = 0;
    for (const reservedFor of this.#reserved.values()) if (reservedFor === mode) reservedCount++;
    if (reservedCount + span > most) return;
    for (const line of this.#order({ mode, height })) {
      const lines = Array.from({ length: Math.min(span, this.count) }, (_, index) => line + index);
      if (lines.some((at) => this.#reserved.has(at) || this.#servesOnly(at, mode))) continue;
      for (const at of lines) this.#reserved.set(at, mode);
      return;
    }
  }

  /** True when the line has flights and all have this mode. Such a line becomes free for the mode without a reservation. */
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

/**
 * True when the boxes are less than `gap` apart at the start of the new flight, or touch before one of the two flights ends. Both move at constant
 * speed, so comparing their positions at these two times is enough.
 */
function touch(flying: Path, wish: Wish): boolean {
  const until = Math.min(flying.end, wish.end);
  if (until <= wish.start) return false;
  const after = distance(flying, wish, wish.start);
  const later = distance(flying, wish, until);
  return !((after.right >= gap && later.right >= 0) || (after.left >= gap && later.left >= 0));
}

/**
 * Distances between the boxes at the time `now`, CSS pixels. `right` applies when the new box is to the right of the flying one, `left` when it is
 * to the left. A distance is negative when the new box is not on that side.
 */
function distance(flying: Path, wish: Wish, now: number): { right: number; left: number } {
  const there = leftAt(flying, now);
  const here = leftAt(wish, now);
  return { right: here - (there + flying.width), left: there - (here + wish.width) };
}
