// The overlay's settings for look and filters, with defaults and bounds. All can be changed at run time. Values from pages and storage are checked
// here; invalid ones are ignored.
import type { DanmakuMode } from './overlay-item.ts';

/** Lengths in CSS pixels, durations in milliseconds, shares from 0 to 1. */
export interface OverlaySettings {
  /** False: show no danmaku, only gifts and super chats. */
  readonly danmaku: boolean;
  /** `dom`: elements moved by Web Animations. `canvas`: one canvas, faster when several hundred danmaku are on screen. */
  readonly renderer: 'dom' | 'canvas';
  /** Milliseconds to cross the screen at speed 1; danmaku of the modes `top` and `bottom` stay for half of it. */
  readonly durationMs: number;
  /** Factor by which the speed is multiplied, 0.1 to 10; 2 is twice as fast. */
  readonly speed: number;
  readonly opacity: number;
  /** CSS font family of danmaku; null: the CSS variable `--danmux-font`, or the system font when it is not set. */
  readonly fontFamily: string | null;
  /** CSS pixels; null: the CSS variable `--danmux-font-size`, or 20 when it is not set. */
  readonly fontSize: number | null;
  /** Height of a line in CSS pixels; null: 1.6 times the font size. */
  readonly lineHeight: number | null;
  /** Share of the height used for danmaku, from the top, 0 to 1. Danmaku never use the space of gift banners, even at 1. */
  readonly area: number;
  /** Share of the overlay's area that danmaku may cover at the same time, 0 to 1; danmaku that would exceed it are queued. */
  readonly coverage: number;
  /** Cap on danmaku on screen at the same time; past it they are queued. */
  readonly maxShown: number;
  /** Cap on queued danmaku that wait for a free line; past it the oldest is dropped and counted. */
  readonly maxPending: number;
  /** Milliseconds after a danmaku in which a repeated text increases its ×N count instead of being shown again; 0: no merging. */
  readonly mergeMs: number;
  /** Milliseconds that a gift banner stays; shorter when many are queued. */
  readonly giftMs: number;
  /** Cap on gift banners shown at the same time; 0: no gifts. */
  readonly maxGifts: number;
  /** Milliseconds that a super chat of tier 1 stays pinned; each higher tier adds half of it. Shorter when many are queued. */
  readonly pinMs: number;
  /** Cap on super chats pinned at the same time; 0: no super chats. */
  readonly maxPins: number;
  /** Danmaku modes not to show. */
  readonly hiddenModes: readonly DanmakuMode[];
  /** Message types not to show: `chat`, `gift`, `superchat`, or an application's own. */
  readonly hiddenTypes: readonly string[];
  /** The viewer's block list: words, matched in any case, or regular expressions written `/…/`, with any of the flags i, m, s and u. */
  readonly blockedWords: readonly string[];
  /** Ids of users whose messages are not shown. */
  readonly blockedUsers: readonly string[];
  /** Name under which `configure` stores the viewer's changes in the browser (localStorage); null: they are not stored. */
  readonly remember: string | null;
}

/** The settings that apply where the page gives none. Times are milliseconds. */
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

/** Returns the valid settings of `given`; drops unknown names and invalid values. */
export function checkedSettings(given: unknown): Partial<OverlaySettings> {
  if (typeof given !== 'object' || given === null) return {};
  const entries = Object.entries(given).filter(([name, value]) => Object.hasOwn(checks, name) && checks[name as keyof OverlaySettings](value));
  return Object.fromEntries(entries);
}
