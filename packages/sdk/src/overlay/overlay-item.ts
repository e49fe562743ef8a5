// What an overlay can show, and how it looks. Text only: nothing of it is ever read as HTML.

export interface DanmakuItem {
  readonly id: string;
  readonly text: string;
  /** CSS colour; white when absent. */
  readonly color?: string;
  /** The viewer's own message: framed, and shown before others when room is short. */
  readonly own?: boolean;
}

export interface GiftItem {
  readonly id: string;
  readonly from: string;
  readonly gift: string;
  /** An emoji or other short sign. */
  readonly icon?: string;
  readonly count?: number;
}

export interface OverlaySettings {
  /** Milliseconds a danmaku takes across; default 8,000. */
  readonly durationMs: number;
  /** Height of a line, CSS pixels; default 32. */
  readonly lineHeight: number;
  /** Share of the height danmaku may cover, 0 to 1; default 0.7. */
  readonly area: number;
  readonly opacity: number;
  /** Danmaku on screen at most; default 120. */
  readonly maxShown: number;
  /** Danmaku that wait for a free line at most; past it the oldest is dropped and counted. Default 60. */
  readonly maxPending: number;
  /** Milliseconds a gift banner stands; default 4,000. */
  readonly giftMs: number;
  /** Gift banners side by side at most; default 3. */
  readonly maxGifts: number;
}

export const defaultSettings: OverlaySettings = {
  durationMs: 8_000,
  lineHeight: 32,
  area: 0.7,
  opacity: 0.95,
  maxShown: 120,
  maxPending: 60,
  giftMs: 4_000,
  maxGifts: 3,
};
