// Connects a room to an overlay; client and overlay do not import each other. It reads text, colour, gift and amount from a message's data.
import { type Msg, numberIn } from '@danmux/protocol';
import type { AnyRoom } from './client/any-room.ts';
import type { DanmakuItem, DanmakuMode, DanmakuSize, GiftItem, SuperchatItem } from './overlay/overlay-item.ts';
import type { OverlayVerbs } from './overlay/overlay-verbs.ts';
import { OwnEcho } from './own-echo.ts';

/** Options of `bind`. */
export interface BindOptions {
  /** The viewer's user id. Messages from this user get a frame, skip filters and are shown first. */
  readonly userId?: string;
  /** Milliseconds. Older messages are not shown, so that the history of a join does not cross the screen; default 10,000. */
  readonly freshMs?: number;
}

const modes: readonly string[] = ['scroll', 'reverse', 'top', 'bottom'] satisfies DanmakuMode[];
const sizes: readonly string[] = ['small', 'normal', 'large'] satisfies DanmakuSize[];

/** The part of a room that `bind` uses. Without `ageMs`, age is the time since a message's `ts`; without `serverTime`, the page's clock is used. */
export type BoundRoom = Pick<AnyRoom, 'on'> & Partial<Pick<AnyRoom, 'serverTime' | 'ageMs'>>;

/**
 * Shows the room's messages on the overlay: super chats, gifts and chat as danmaku. The viewer's own chat messages are shown when they are
 * sent and removed when they are refused; recalled messages are removed. Returns a function that stops it and leaves shown items in place.
 */
export function bind(room: BoundRoom, overlay: OverlayVerbs, { userId, freshMs = 10_000 }: BindOptions = {}): () => void {
  const echo = new OwnEcho(overlay);
  const ends = [
    room.on('recalled', ({ id }) => {
      overlay.remove(id);
      echo.recalled(id);
    }),
    room.on('message', (msg) => {
      const now = room.serverTime?.() ?? Date.now();
      if ((room.ageMs?.(msg) ?? now - msg.ts) > freshMs || now > (msg.expires_at ?? Number.POSITIVE_INFINITY)) return;
      const own = userId !== undefined && msg.from?.id === userId;
      if (msg.lane !== 'chat' || !echo.covers(msg, textOf(msg), own)) show(msg, overlay, own);
    }),
    room.on('sending', (sending) => {
      // Likes and other types of viewer messages are not shown as danmaku.
      if (sending.type === 'chat' && textOf(sending)) echo.sending(sending, looksOf(sending));
    }),
    room.on('sent', (sent) => echo.sent(sent)),
    room.on('unsent', (unsent) => echo.unsent(unsent)),
  ];
  return () => {
    for (const end of ends) end();
  };
}

function show(msg: Msg, overlay: OverlayVerbs, own: boolean): void {
  if (msg.type === 'superchat') overlay.superchat({ ...superchatOf(msg), own });
  else if (msg.lane === 'gift') overlay.gift({ ...giftOf(msg), own });
  else if (msg.lane === 'chat' && textOf(msg)) overlay.danmaku({ ...danmakuOf(msg), own });
}

/** The text of a chat message: `data` itself when it is a string, otherwise `data.text`; empty when neither is a string. */
export function textOf({ data }: Pick<Msg, 'data'>): string {
  return typeof data === 'string' ? data : (text(data, 'text') ?? '');
}

/**
 * Converts a chat message: its text and `data.color`, `data.mode`, `data.size`; invalid modes and sizes are left out. `data.count` is ignored,
 * because viewers write chat data themselves and could claim any count.
 */
export function danmakuOf(msg: Msg): DanmakuItem {
  return { ...looksOf(msg), ...given({ user: msg.from?.id }), id: msg.id };
}

function looksOf(msg: Pick<Msg, 'type' | 'data'>): Omit<DanmakuItem, 'id'> {
  const { data, type } = msg;
  const mode = text(data, 'mode');
  const size = text(data, 'size');
  return {
    ...given({ color: text(data, 'color') }),
    ...(mode && modes.includes(mode) ? { mode: mode as DanmakuMode } : {}),
    ...(size && sizes.includes(size) ? { size: size as DanmakuSize } : {}),
    type,
    text: textOf(msg),
  };
}

/**
 * Converts a gift message. It reads from `data` the gift's name (`name` or `gift`), `icon`, `count` and `combo_id`. The relay merges gifts of a
 * combo that follow each other closely into one message with the sum of their counts; adding up the messages' counts gives the combo's count.
 * `parts` has the id and count of each merged gift. A count that is not a positive integer is read as 1, as on the server.
 */
export function giftOf({ id, type, from, data, parts }: Msg): GiftItem & { count: number } {
  const combo = text(data, 'combo_id');
  return {
    ...given({ icon: text(data, 'icon'), user: from?.id, combo: combo === undefined ? undefined : `${type} ${from?.id ?? ''} ${combo}` }),
    id,
    type,
    from: from?.name ?? from?.id ?? '',
    gift: text(data, 'name') ?? text(data, 'gift') ?? '',
    count: countOf(data),
    ...given({ parts }),
  };
}

/** Converts a super chat. It reads from `data` the text, `amount` (text to display, or a number), `tier`, `color` and `pin_ms` (milliseconds). */
export function superchatOf(msg: Msg): SuperchatItem {
  const { id, type, from, data } = msg;
  const amount = text(data, 'amount') ?? numberIn(field(data, 'amount'))?.toString();
  return {
    ...given({ amount, color: text(data, 'color'), tier: numberIn(field(data, 'tier')), pinMs: numberIn(field(data, 'pin_ms')), user: from?.id }),
    id,
    type,
    from: from?.name ?? from?.id ?? '',
    text: textOf(msg),
  };
}

function field(data: unknown, name: string): unknown {
  return typeof data === 'object' && data !== null && Object.hasOwn(data, name) ? (data as Record<string, unknown>)[name] : undefined;
}

function text(data: unknown, name: string): string | undefined {
  const value = field(data, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Reads `data.count` by the server's rules: a number or numeric string that is a positive integer (`3`, `"3.0"`, `"1e3"`); anything else is 1. */
function countOf(data: unknown): number {
  const stated = field(data, 'count');
  const written = typeof stated === 'number' ? String(stated) : typeof stated === 'string' ? stated.trim() : '';
  const count = /^[\d.eE+]{1,30}$/.test(written) ? Number(written) : Number.NaN;
  return count > 0 && (/^\d+$/.test(written) || Number.isSafeInteger(count)) ? count : 1;
}

/** A copy without undefined fields. */
function given<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> };
}
