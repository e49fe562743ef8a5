// One line of a chat list, and how a message becomes one. Text only.
import type { DanmuxError, From, Msg, MsgPart } from '@danmux/protocol';
import { giftOf, superchatOf, textOf } from '@danmux/sdk';

/** given: others have it; pending: on its way; held: waits for a moderator; failed: not accepted. */
export type EntryState = 'given' | 'pending' | 'held' | 'failed';

export interface Entry {
  /** Unlike every other of its log. */
  readonly key: number;
  readonly kind: 'chat' | 'gift' | 'superchat' | 'notice' | 'gap';
  readonly ts: number;
  /** Of what this viewer sent. */
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
  /** Of a gift, or messages that were left out. */
  count: number;
  /** The gifts of a combo it stands for, when they are several. */
  parts?: readonly MsgPart[];
  /** CSS pixels, once it was drawn; before that a guess. */
  height: number;
}

export const guessedHeight = 28;
let lastKey = 0;

export function entryFrom(fields: Pick<Entry, 'kind' | 'ts'> & Partial<Entry>): Entry {
  return { id: undefined, text: '', own: false, state: 'given', count: 0, height: guessedHeight, ...fields, key: ++lastKey };
}

/** Undefined of a message that has no line in a chat. */
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
