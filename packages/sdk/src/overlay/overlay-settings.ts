// Settings of the overlay's look and filters: one table with defaults and bounds. All can be changed at run time; values from outside
// (a page, storage) are checked here, and invalid ones are ignored.
import type { DanmakuMode } from './overlay-item.ts';

export interface OverlaySettings {
  /** False: no danmaku; gifts and super chats stay. */
  readonly danmaku: boolean;
  /** `dom`: elements and Web Animations. `canvas`: one canvas, for pages with very many at once. */
  readonly renderer: 'dom' | 'canvas';
  /** Milliseconds across the screen at speed 1; fixed danmaku stay for half of it. */
  readonly durationMs: number;
  /** 2 is twice as fast. */
  readonly speed: number;
  readonly opacity: number;
  /** CSS font family of danmaku; null: `--danmux-font`, else the system's. */
  readonly fontFamily: string | null;
  /** CSS pixels; null: `--danmux-font-size`, else 20. */
  readonly fontSize: number | null;
  /** Height of a line, CSS pixels; null: 1.6 × the font's size. */
  readonly lineHeight: number | null;
  /** Share of the height for danmaku, from the top, 0 to 1. The place of gift banners is excluded even at 1. */
  readonly area: number;
  /** Share of the screen's pixels that danmaku may cover at a time, 0 to 1. */
  readonly coverage: number;
  /** Cap on danmaku on screen. */
  readonly maxShown: number;
  /** Cap on danmaku that wait for a free line; past it the oldest is dropped and counted. */
  readonly maxPending: number;
  /** The same text within this many milliseconds counts up (×N) on the one in flight; 0: no merging. */
  readonly mergeMs: number;
  /** Milliseconds of a gift banner; less when many wait. */
  readonly giftMs: number;
  /** Cap on gift banners at once. */
  readonly maxGifts: number;
  /** Milliseconds of a pinned super chat of tier 1; each tier above adds half of it. */
  readonly pinMs: number;
  /** Cap on pinned super chats at once. */
  readonly maxPins: number;
  readonly hiddenModes: readonly DanmakuMode[];
  /** Types of messages not to show: `chat`, `gift`, `superchat`, or an application's. */
  readonly hiddenTypes: readonly string[];
  /** The viewer's own block list: words, any case; or regular expressions written `/…/` or `/…/i`. */
  readonly blockedWords: readonly string[];
  /** Ids of users not to show. */
  readonly blockedUsers: readonly string[];
  /** Name under which `configure` stores the viewer's changes in this browser; null: they are not stored. */
  readonly remember: string | null;
}

export const defaultSettings: OverlaySettings = {
  danmaku: true,
  renderer: 'dom',
  durationMs: 8_000,
  speed: 1,
  opacity: 0.95,
  fontFamily: null,
  fontSize: null,
  lineHeight: null,
  area: 0.7,
  coverage: 0.5,
  maxShown: 120,
  maxPending: 60,
  mergeMs: 5_000,
  giftMs: 4_000,
  maxGifts: 3,
  pinMs: 8_000,
  maxPins: 2,
  hiddenModes: [],
  hiddenTypes: [],
  blockedWords: [],
  blockedUsers: [],
  remember: null,
};

type Check = (value: unknown) => boolean;

const maxEntries = 500;
const number =
  (least: number, most: number): Check =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most;
const or =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const flag: Check = (value) => typeof value === 'boolean';
const text: Check = (value) => typeof value === 'string' && value.length > 0 && value.length <= 200;
const oneOf =
  (...names: readonly string[]): Check =>
  (value) =>
    names.includes(value as string);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.length <= maxEntries && value.every(check);

const checks: Readonly<Record<keyof OverlaySettings, Check>> = {
  danmaku: flag,
  renderer: oneOf('dom', 'canvas'),
  durationMs: number(1, 600_000),
  speed: number(0.1, 10),
  opacity: number(0, 1),
  fontFamily: or(text),
  fontSize: or(number(6, 200)),
  lineHeight: or(number(6, 400)),
  area: number(0, 1),
  coverage: number(0, 1),
  maxShown: number(0, 10_000),
  maxPending: number(0, 10_000),
  mergeMs: number(0, 600_000),
  giftMs: number(1, 600_000),
  maxGifts: number(0, 20),
  pinMs: number(1, 3_600_000),
  maxPins: number(0, 20),
  hiddenModes: list(oneOf('scroll', 'reverse', 'top', 'bottom')),
  hiddenTypes: list(text),
  blockedWords: list(text),
  blockedUsers: list(text),
  remember: or(text),
};

/** The valid settings of the given ones. */
export function checkedSettings(given: unknown): Partial<OverlaySettings> {
  if (typeof given !== 'object' || given === null) return {};
  const entries = Object.entries(given).filter(([name, value]) => Object.hasOwn(checks, name) && checks[name as keyof OverlaySettings](value));
  return Object.fromEntries(entries);
}
