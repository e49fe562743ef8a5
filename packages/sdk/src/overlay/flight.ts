// One danmaku on its way: a box that moves evenly from where it starts to where it ends, in the time of the flight clock. All that
// tracks, renderers and hit tests know of where something is comes from here.
import type { DanmakuItem, DanmakuMode } from './overlay-item.ts';

export interface Path {
  readonly mode: DanmakuMode;
  /** Its left edge at `start` and at `end`. */
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
  /** The item's, or another's that said the same when that was recalled. */
  id: string;
  /** What is shown of the item's text. */
  readonly text: string;
  /** Its font's size, CSS pixels. */
  readonly size: number;
  /** Shown as ×N above 1. */
  count: number;
}

export function leftAt({ from, to, start, end }: Omit<Path, 'top'>, now: number): number {
  if (end <= start) return to;
  return from + ((to - from) * Math.min(Math.max(now - start, 0), end - start)) / (end - start);
}

/** Where a box of a mode goes on a screen: across, or nowhere from the middle. */
export function course(mode: DanmakuMode, width: number, screen: number): { from: number; to: number } {
  if (mode === 'scroll') return { from: screen, to: -width };
  if (mode === 'reverse') return { from: -width, to: screen };
  const middle = (screen - width) / 2;
  return { from: middle, to: middle };
}
