// One danmaku in flight: a box that moves evenly from start to end, in the time of the flight clock. Tracks, renderers and hit tests
// derive every position from it.
import type { DanmakuItem, DanmakuMode } from './overlay-item.ts';

export interface Path {
  readonly mode: DanmakuMode;
  /** Left edge at `start` and at `end`. */
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
  /** The item's id, or that of another merged message after a recall. */
  id: string;
  /** The displayed part of the item's text. */
  readonly text: string;
  /** Font size, CSS pixels. */
  readonly size: number;
  /** Shown as ×N above 1. */
  count: number;
}

export function leftAt({ from, to, start, end }: Omit<Path, 'top'>, now: number): number {
  if (end <= start) return to;
  return from + ((to - from) * Math.min(Math.max(now - start, 0), end - start)) / (end - start);
}

/** The path of a box by mode: across the screen, or fixed in the middle. */
export function course(mode: DanmakuMode, width: number, screen: number): { from: number; to: number } {
  if (mode === 'scroll') return { from: screen, to: -width };
  if (mode === 'reverse') return { from: -width, to: screen };
  const middle = (screen - width) / 2;
  return { from: middle, to: middle };
}
