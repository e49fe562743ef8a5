// What an overlay can show. Text only: nothing of it is ever read as HTML, and how it looks is said by settings and CSS.

/** How a danmaku goes: right to left, left to right, or standing in the middle of an upper or lower line. */
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
  /** How many said it already; above 1 it is shown as ×N. */
  readonly count?: number;
  /** Id of the user who said it, for the viewer's block list. */
  readonly user?: string;
  /** For `hiddenTypes`; default `chat`. */
  readonly type?: string;
}

export interface GiftItem {
  readonly id: string;
  /** Name of who gave it. */
  readonly from: string;
  readonly gift: string;
  /** An emoji or other short sign. */
  readonly icon?: string;
  /** Default 1. */
  readonly count?: number;
  /** The gifts it stands for, when they are several: `count` is their sum, and each can be removed by its id. */
  readonly parts?: readonly { readonly id: string; readonly count: number }[];
  /** Gifts of one combo add up: while its banner stands or waits, `count` is added to it and no other banner is made. */
  readonly combo?: string;
  readonly own?: boolean;
  readonly user?: string;
  /** For `hiddenTypes`; default `gift`. */
  readonly type?: string;
}

export interface SuperchatItem {
  readonly id: string;
  /** Name of who paid for it. */
  readonly from: string;
  readonly text: string;
  /** As it is to be read, with its currency. */
  readonly amount?: string;
  /** 1 to 5: the card's colour, and the higher the longer it stands. Default 1. */
  readonly tier?: number;
  /** CSS colour of the card instead of its tier's. */
  readonly color?: string;
  /** Milliseconds it stands; default the setting `pinMs` by tier. */
  readonly pinMs?: number;
  readonly own?: boolean;
  readonly user?: string;
  /** For `hiddenTypes`; default `superchat`. */
  readonly type?: string;
}

/** Where something is at this moment, CSS pixels from the overlay's upper left corner. */
export interface OverlayBox {
  readonly id: string;
  readonly mode: DanmakuMode;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}
