// The messages that an application receives and sends, with the `data` of each built-in type. The server checks the size of `data` and not its
// fields, so every field is optional; applications add types of their own.
import type { Msg } from '@danmux/protocol';

/**
 * A chat message. `bind` and the elements read these fields; others are passed on. Viewers write it themselves, so it may also be a plain text or
 * any other JSON. Read it with `textOf` and `danmakuOf`, which accept every value.
 */
export interface ChatData {
  readonly text?: string;
  /** A CSS colour. */
  readonly color?: string;
  readonly mode?: 'scroll' | 'reverse' | 'top' | 'bottom';
  readonly size?: 'small' | 'normal' | 'large';
  readonly [field: string]: unknown;
}

/** A gift. Only the backend can send it. */
export interface GiftData {
  /** Id of the gift, such as `rocket`; shown when there is no `name`. */
  readonly gift?: string;
  /** Name of the gift for viewers. */
  readonly name?: string;
  /** An emoji or other short text. */
  readonly icon?: string;
  /** Number of gifts; 1 when absent. Text is read as a number, because some backends send it. */
  readonly count?: number | string;
  /** Gifts with the same combo id, sender and type count up on one banner. */
  readonly combo_id?: string;
  readonly [field: string]: unknown;
}

/** A paid message that is pinned above the danmaku. Only the backend can send it. */
export interface SuperchatData {
  readonly text?: string;
  /** Amount as text to display, such as `¥30`, or a number. */
  readonly amount?: string | number;
  /** Higher tiers stay longer. */
  readonly tier?: number | string;
  /** A CSS colour. */
  readonly color?: string;
  /** Milliseconds on the screen. */
  readonly pin_ms?: number | string;
  readonly [field: string]: unknown;
}

/** Likes. The messages of one tick arrive as one, with the sum of their counts. */
export interface LikeData {
  readonly count?: number;
  readonly [field: string]: unknown;
}

/** A viewer entered the room; `from` is that viewer. Only the backend can send it. */
export interface EnterData {
  readonly [field: string]: unknown;
}

/** A notice of the site or the room. Only the backend can send it. */
export interface NoticeData {
  readonly text?: string;
  readonly [field: string]: unknown;
}

/** An event published through the Pusher-compatible API. */
export interface PusherEventData {
  readonly event?: string;
  readonly data?: unknown;
}

/**
 * The `data` of each message type. Declare your own types in a module of the application:
 * `declare module '@danmux/sdk/messages' { interface MessageTypes { lottery: { readonly prize: string } } }`.
 */
export interface MessageTypes {
  chat: ChatData;
  gift: GiftData;
  superchat: SuperchatData;
  like: LikeData;
  enter: EnterData;
  notice: NoticeData;
  event: PusherEventData;
}

/** A message; comparing its `type` narrows its `data`. With a type, such as `Message<'gift'>`, the messages of that type only. */
export type Message<Type extends keyof MessageTypes = keyof MessageTypes> = {
  [Name in Type]: Omit<Msg, 'type' | 'data'> & { readonly type: Name; readonly data: MessageTypes[Name] };
}[Type];

/** The `data` that `send` takes for a type: the type in `MessageTypes`, for chat also a string, and any value for a type that is not listed there. */
export type DataOf<Type extends string> = Type extends keyof MessageTypes ? MessageTypes[Type] | (Type extends 'chat' ? string : never) : unknown;
