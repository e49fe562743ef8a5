// Commands and queries of an overlay: the contract with pages, elements and players, independent of the renderer.
import type { DanmakuItem, GiftItem, OverlayBox, SuperchatItem } from './overlay-item.ts';
import type { OverlaySettings } from './overlay-settings.ts';

export interface OverlayVerbs {
  danmaku(item: DanmakuItem): void;
  gift(item: GiftItem): void;
  superchat(item: SuperchatItem): void;
  /** Removes the item with this id, shown or queued: a danmaku, a gift or a super chat. */
  remove(id: string): void;
  /** Removes all items, shown and queued; counters stay. */
  clear(): void;
  /** Changes settings at run time, and stores them when `remember` is set. Invalid values are ignored. */
  configure(settings: Partial<OverlaySettings>): void;
  readonly settings: OverlaySettings;
  /** The player paused: everything freezes, new items queue within the caps. */
  pause(): void;
  resume(): void;
  /** Removes the overlay from the page, with every timer, animation and listener. */
  destroy(): void;
  /** Current positions of all items, for hit tests. */
  boxes(): OverlayBox[];
  /** Danmaku on screen. */
  readonly shown: number;
  /** Danmaku that wait for a free line. */
  readonly pending: number;
  /** Danmaku, gifts and super chats dropped because of a cap; filtered items and those of a hidden page are not counted. */
  readonly dropped: number;
  /** Elements (or bitmaps) created for danmaku so far; constant once the pool is large enough. */
  readonly elementsMade: number;
}
