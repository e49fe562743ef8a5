// Items of an overlay. Text only: nothing is parsed as HTML; settings and CSS define the look.

/** Movement of a danmaku: right to left, left to right, or fixed in the middle of an upper or lower line. */
export type DanmakuMode = 'scroll' | 'reverse' | 'top' | 'bottom';
export type DanmakuSize = 'small' | 'normal' | 'large';

export interface DanmakuItem {
  readonly id: string;
  readonly text: string;
  /** CSS colour; `--danmux-color`, else white, when absent. */
  readonly color?: string;
  /** The viewer's own message: framed, shown before others, and never filtered, merged or dropped. */
  readonly own?: boolean;
  /** Default `scroll`. */
  readonly mode?: DanmakuMode;
  readonly size?: DanmakuSize;
  /** Number of identical messages; above 1 it is shown as ×N. */
  readonly count?: number;
  /** Id of the sender, for the viewer's block list. */
  readonly user?: string;
  /** For `hiddenTypes`; default `chat`. */
  readonly type?: string;
}

export interface GiftItem {
  readonly id: string;
  /** Name of the giver. */
  readonly from: string;
  readonly gift: string;
  /** An emoji or other short sign. */
  readonly icon?: string;
  /** Default 1. */
  readonly count?: number;
  /** The gifts that are merged in it: `count` is their sum, and each can be removed by its id. */
  readonly parts?: readonly { readonly id: string; readonly count: number }[];
  /** Gifts of one combo add up: `count` is added to the banner that is shown or queued for it. */
  readonly combo?: string;
  readonly own?: boolean;
  readonly user?: string;
  /** For `hiddenTypes`; default `gift`. */
  readonly type?: string;
}

export interface SuperchatItem {
  readonly id: string;
  /** Name of the payer. */
  readonly from: string;
  readonly text: string;
  /** Display text with currency. */
  readonly amount?: string;
  /** 1 to 5: the card's colour and duration. Default 1. */
  readonly tier?: number;
  /** CSS colour of the card instead of its tier's. */
  readonly color?: string;
  /** Milliseconds on screen; default the setting `pinMs` by tier. */
  readonly pinMs?: number;
  readonly own?: boolean;
  readonly user?: string;
  /** For `hiddenTypes`; default `superchat`. */
  readonly type?: string;
}

/** Current position of an item, CSS pixels from the overlay's upper left corner. */
export interface OverlayBox {
  readonly id: string;
  readonly mode: DanmakuMode;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}
