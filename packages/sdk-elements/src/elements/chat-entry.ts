// One line of a chat list, created from a message. All fields are plain text.
import type { DanmuxError, From, Msg, MsgPart } from '@danmux/protocol';
import { giftOf, superchatOf, textOf } from '@danmux/sdk';

/** `accepted`: published; `pending`: sent, no answer yet; `held`: waits for a moderator; `failed`: refused, may be retried. */
type EntryState = 'accepted' | 'pending' | 'held' | 'failed';

export interface Entry {
  /** Unique on the page; identifies the line for rendering. */
  readonly key: number;
  readonly kind: 'chat' | 'gift' | 'superchat' | 'notice' | 'gap';
  readonly ts: number;
  /** Client id, only for messages sent by this viewer. */
  readonly cid?: string;
  readonly type?: string;
  readonly data?: unknown;
  id: string | undefined;
  from?: From;
  text: string;
  own: boolean;
  state: EntryState;
  error?: DanmuxError;
  icon?: string;
  amount?: string | undefined;
  /** Number of gifts, or number of missed messages of a gap. */
  count: number;
  /** True for a gap that may have more than `count` missed messages. */
  atLeast?: boolean;
  /** The gifts of a combo that are merged into this line. */
  parts?: readonly MsgPart[];
  /** Height in CSS pixels; an estimate until the line is drawn and measured. */
  height: number;
}

const guessedHeight = 28;
let lastKey = 0;

export function entryFrom(fields: Pick<Entry, 'kind' | 'ts'> & Partial<Entry>): Entry {
  return { id: undefined, text: '', own: false, state: 'accepted', count: 0, height: guessedHeight, ...fields, key: ++lastKey };
}

/** Creates the line of a message; undefined for an ambient message such as a like, and for a chat or control message without text. */
export function entryOf(msg: Msg, own: boolean): Entry | undefined {
  const { id, ts, from, type, lane } = msg;
  const base = { id, ts, own, ...(from ? { from } : {}) };
  if (type === 'superchat') return entryFrom({ ...base, kind: 'superchat', text: textOf(msg), amount: superchatOf(msg).amount });
  if (lane === 'gift') {
    const { gift, icon, count, parts } = giftOf(msg);
    return entryFrom({ ...base, kind: 'gift', text: gift, count, ...(icon === undefined ? {} : { icon }), ...(parts ? { parts } : {}) });
  }
  const text = textOf(msg);
  if (!text) return undefined;
  if (lane === 'chat') return entryFrom({ ...base, kind: 'chat', text });
  return lane === 'control' ? entryFrom({ ...base, kind: 'notice', text }) : undefined;
}
