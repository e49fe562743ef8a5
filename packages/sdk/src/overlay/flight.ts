// One danmaku in flight: a box that moves at constant speed from the time `start` to the time `end` of the flight clock. Tracks, renderers and hit
// tests compute all positions from it.
import type { DanmakuItem, DanmakuMode } from './overlay-item.ts';

export interface Path {
  readonly mode: DanmakuMode;
  /** Left edge at `start`, CSS pixels; `to` is the left edge at `end`. */
  readonly from: number;
  readonly to: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly start: number;
  readonly end: number;
}

export interface Flight extends Path {
  readonly item: DanmakuItem;
  /** The item's id; after its recall, the id of another message merged into it. */
  id: string;
  /** The displayed part of the item's text. */
  readonly text: string;
  /** Font size, CSS pixels. */
  readonly size: number;
  /** Number of merged messages; shown as a ×N badge when above 1. */
  count: number;
}

/** Left edge of the box at the time `now` of the flight clock, CSS pixels. */
export function leftAt({ from, to, start, end }: Omit<Path, 'top'>, now: number): number {
  if (end <= start) return to;
  return from + ((to - from) * Math.min(Math.max(now - start, 0), end - start)) / (end - start);
}

/** Returns the left edges of a box at start and end: on opposite sides of the screen for moving modes, centred for fixed ones. */
export function course(mode: DanmakuMode, width: number, screen: number): { from: number; to: number } {
  if (mode === 'scroll') return { from: screen, to: -width };
  if (mode === 'reverse') return { from: -width, to: screen };
  const middle = (screen - width) / 2;
  return { from: middle, to: middle };
}
