// One line of a chat list, made from a message. Text only.
import type { DanmuxError, From, Msg, MsgPart } from '@danmux/protocol';
import { giftOf, superchatOf, textOf } from '@danmux/sdk';

/** accepted: delivered to others; pending: in flight; held: waits for a moderator; failed: refused. */
type EntryState = 'accepted' | 'pending' | 'held' | 'failed';

export interface Entry {
  /** Unique in its log. */
  readonly key: number;
  readonly kind: 'chat' | 'gift' | 'superchat' | 'notice' | 'gap';
  readonly ts: number;
  /** For messages sent by this viewer. */
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
  /** Number of gifts, or of missed messages. */
  count: number;
  /** The merged gifts of a combo, if there are several. */
  parts?: readonly MsgPart[];
  /** Height in CSS pixels; an estimate until it is drawn. */
  height: number;
}

const guessedHeight = 28;
let lastKey = 0;

export function entryFrom(fields: Pick<Entry, 'kind' | 'ts'> & Partial<Entry>): Entry {
  return { id: undefined, text: '', own: false, state: 'accepted', count: 0, height: guessedHeight, ...fields, key: ++lastKey };
}

/** Undefined for a message without a line in a chat. */
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
