// The lines danmaku fly on. Pure arithmetic: which line is free for a text of some width, so that it neither runs into the one
// before it nor is run into, given that all take the same time across and wide ones fly faster.

interface Flight {
  readonly start: number;
  readonly width: number;
}

/** Pixels between two texts of a line. */
const gap = 24;

export class Tracks {
  #last: (Flight | undefined)[] = [];

  /** Keeps the first `count` lines and what flies on them. */
  resize(count: number): void {
    this.#last = Array.from({ length: count }, (_, track) => this.#last[track]);
  }

  get count(): number {
    return this.#last.length;
  }

  /** A line on which a text of `width` may start now, or -1. */
  find(width: number, screen: number, duration: number, now: number): number {
    return this.#last.findIndex((flight) => !flight || isFree(flight, width, screen, duration, now));
  }

  take(track: number, width: number, now: number): void {
    this.#last[track] = { start: now, width };
  }
}

function isFree(before: Flight, width: number, screen: number, duration: number, now: number): boolean {
  const speedBefore = (screen + before.width) / duration;
  const tailInAt = before.start + (before.width + gap) / speedBefore;
  if (now < tailInAt) return false;
  const headOutAt = now + screen / ((screen + width) / duration);
  return headOutAt >= before.start + duration;
}
