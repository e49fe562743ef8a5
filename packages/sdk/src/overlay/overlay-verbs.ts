// What an overlay can be told and asked: the contract of pages, elements and players with it, whatever draws it.
import type { DanmakuItem, GiftItem, OverlayBox, SuperchatItem } from './overlay-item.ts';
import type { OverlaySettings } from './overlay-settings.ts';

export interface OverlayVerbs {
  danmaku(item: DanmakuItem): void;
  gift(item: GiftItem): void;
  superchat(item: SuperchatItem): void;
  /** Takes what has this id off the screen and out of what waits: a danmaku, a gift or a super chat. */
  remove(id: string): void;
  /** Takes everything off the screen and out of what waits; counters stay. */
  clear(): void;
  /** Changes settings while it runs, and keeps them when `remember` names a place. What does not fit is left as it was. */
  configure(settings: Partial<OverlaySettings>): void;
  readonly settings: OverlaySettings;
  /** The player paused: all stands still, what comes waits within the caps. */
  pause(): void;
  resume(): void;
  /** Takes the overlay out of the page, with every timer, animation and listener. */
  destroy(): void;
  /** What is where at this moment, for hit tests. */
  boxes(): OverlayBox[];
  /** Danmaku on screen. */
  readonly shown: number;
  /** Danmaku that wait for a free line. */
  readonly pending: number;
  /** Danmaku, gifts and super chats not shown because of a cap; not those that a filter or a hidden page left out. */
  readonly dropped: number;
  /** Elements (or bitmaps) made for danmaku so far; it stops growing once enough fly. */
  readonly elementsMade: number;
}
