// The interface of an overlay: its commands and queries for pages, elements and players, independent of the renderer.
import type { DanmakuItem, GiftItem, OverlayBox, SuperchatItem } from './overlay-item.ts';
import type { OverlaySettings } from './overlay-settings.ts';

/** The commands and queries of an overlay, independent of its renderer. */
export interface OverlayVerbs {
  /** Shows or queues a danmaku. Ignored while the page is hidden and for a repeated id. */
  danmaku(item: DanmakuItem): void;
  /** Shows or queues a gift banner, or adds to the banner of the same combo. */
  gift(item: GiftItem): void;
  /** Pins or queues a super chat. */
  superchat(item: SuperchatItem): void;
  /** Removes the shown or queued item with this id: a danmaku, a gift or a super chat. If it was merged, only its count is removed. */
  remove(id: string): void;
  /** Removes all shown and queued items; the counters `dropped` and `elementsMade` stay. */
  clear(): void;
  /** Changes settings at run time, and stores them when `remember` is set. Invalid values are ignored. */
  configure(settings: Partial<OverlaySettings>): void;
  readonly settings: OverlaySettings;
  /** Call when the player pauses: all items freeze, and new ones are queued within the caps. */
  pause(): void;
  resume(): void;
  /** Removes the overlay from the page and ends its timers, animations and listeners. */
  destroy(): void;
  /** Current positions of all danmaku in flight, for hit tests. */
  boxes(): OverlayBox[];
  /** Number of danmaku on screen. */
  readonly shown: number;
  /** Number of queued danmaku that wait for a free line. */
  readonly pending: number;
  /**
   * Number of danmaku, gifts and super chats dropped because of a cap. Filtered items, and danmaku ignored while the page was hidden, are not
   * counted.
   */
  readonly dropped: number;
  /** Number of elements (or bitmaps) created for danmaku so far; it stops growing once the pool covers the peak. */
  readonly elementsMade: number;
}
