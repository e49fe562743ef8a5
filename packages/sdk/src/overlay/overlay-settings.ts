// How an overlay looks and what it leaves out: one table of settings with their defaults and bounds. All can be changed while it
// runs; what comes from elsewhere (a page, a storage) is checked here, and a value that does not fit is left out.
import type { DanmakuMode } from './overlay-item.ts';

export interface OverlaySettings {
  /** False: no danmaku at all. Gifts and super chats stay. */
  readonly danmaku: boolean;
  /** `dom`: elements and Web Animations. `canvas`: one canvas, for pages with very many at once. */
  readonly renderer: 'dom' | 'canvas';
  /** Milliseconds a danmaku takes across at speed 1; one that stands does so for half of it. */
  readonly durationMs: number;
  /** Twice as fast at 2. */
  readonly speed: number;
  readonly opacity: number;
  /** CSS font family of danmaku; null: `--danmux-font`, else the system's. */
  readonly fontFamily: string | null;
  /** CSS pixels; null: `--danmux-font-size`, else 20. */
  readonly fontSize: number | null;
  /** Height of a line, CSS pixels; null: 1.6 × the font's size. */
  readonly lineHeight: number | null;
  /** Share of the height danmaku may use, from the top, 0 to 1. What gift banners need stays theirs also at 1. */
  readonly area: number;
  /** Share of the screen's pixels danmaku may cover at a time, 0 to 1. */
  readonly coverage: number;
  /** Danmaku on screen at most. */
  readonly maxShown: number;
  /** Danmaku that wait for a free line at most; past it the oldest is dropped and counted. */
  readonly maxPending: number;
  /** Within so many milliseconds the same text counts up (×N) on the one that flies; 0: each flies by itself. */
  readonly mergeMs: number;
  /** Milliseconds a gift banner stands; less when many wait. */
  readonly giftMs: number;
  /** Gift banners at once at most. */
  readonly maxGifts: number;
  /** Milliseconds a super chat of tier 1 stays pinned; each tier above adds half of it. */
  readonly pinMs: number;
  /** Super chats pinned at once at most. */
  readonly maxPins: number;
  readonly hiddenModes: readonly DanmakuMode[];
  /** Types of messages not to show: `chat`, `gift`, `superchat`, or an application's. */
  readonly hiddenTypes: readonly string[];
  /** The viewer's own block list: words, any case; or regular expressions written `/…/` or `/…/i`. */
  readonly blockedWords: readonly string[];
  /** Ids of users not to show. */
  readonly blockedUsers: readonly string[];
  /** Name under which what the viewer changes by `configure` is kept in this browser; null: it is not. */
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

/** Of what is given, the settings there are, with values that fit. */
export function checkedSettings(given: unknown): Partial<OverlaySettings> {
  if (typeof given !== 'object' || given === null) return {};
  const entries = Object.entries(given).filter(([name, value]) => Object.hasOwn(checks, name) && checks[name as keyof OverlaySettings](value));
  return Object.fromEntries(entries);
}
