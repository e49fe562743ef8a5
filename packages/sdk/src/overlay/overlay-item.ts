// The items that an overlay shows. All fields are plain text, never parsed as HTML; settings and CSS define the look.

/** Movement of a danmaku: right to left, left to right, or fixed in the middle of an upper or lower line. */
export type DanmakuMode = 'scroll' | 'reverse' | 'top' | 'bottom';
/** Font size relative to the setting `fontSize`: 0.8, 1 or 1.4 times. */
export type DanmakuSize = 'small' | 'normal' | 'large';

/** A chat message that crosses the screen or is shown on a line. A repeated `id` is ignored. */
export interface DanmakuItem {
  readonly id: string;
  readonly text: string;
  /** CSS colour. Default: the CSS variable `--danmux-color`, or white when the variable is not set. */
  readonly color?: string;
  /**
   * True for the viewer's own message: it is framed, shown before others, never filtered or merged, and dropped only when the queue is more than 50
   * above `maxPending`.
   */
  readonly own?: boolean;
  /** Default `scroll`. */
  readonly mode?: DanmakuMode;
  readonly size?: DanmakuSize;
  /** Number of identical messages that the item stands for; above 1 it is shown as ×N. Default 1. */
  readonly count?: number;
  /** User id of the sender, matched with the setting `blockedUsers`. */
  readonly user?: string;
  /** Message type, matched with the setting `hiddenTypes`; default `chat`. */
  readonly type?: string;
}

/** A gift, shown as a banner with its giver and count. */
export interface GiftItem {
  readonly id: string;
  /** Name of the giver. */
  readonly from: string;
  /** Name of the gift. */
  readonly gift: string;
  /** An emoji or other short text. Default: a drawn gift box. */
  readonly icon?: string;
  /** Default 1. */
  readonly count?: number;
  /** The gifts merged into this item: `count` is the sum of theirs, and each can be removed by its id. */
  readonly parts?: readonly { readonly id: string; readonly count: number }[];
  /** Key of the combo. If a banner with the same key is shown or queued, `count` is added to that banner and no new one is shown. */
  readonly combo?: string;
  readonly own?: boolean;
  readonly user?: string;
  /** Message type, matched with the setting `hiddenTypes`; default `gift`. */
  readonly type?: string;
}

/** A paid message, pinned at the top as a card. */
export interface SuperchatItem {
  readonly id: string;
  /** Name of the payer. */
  readonly from: string;
  readonly text: string;
  /** The paid amount as text to display, with its currency. */
  readonly amount?: string;
  /** 1 to 5, default 1: sets the card's colour and time on screen. */
  readonly tier?: number;
  /** CSS colour of the card. Default: the colour of its tier. */
  readonly color?: string;
  /** Milliseconds on screen. Default: `pinMs` of the settings, plus half of that for each tier above 1. */
  readonly pinMs?: number;
  readonly own?: boolean;
  readonly user?: string;
  /** Message type, matched with the setting `hiddenTypes`; default `superchat`. */
  readonly type?: string;
}

/** Current position of a danmaku, CSS pixels from the overlay's upper left corner. */
export interface OverlayBox {
  readonly id: string;
  readonly mode: DanmakuMode;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}
