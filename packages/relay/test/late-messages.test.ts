// The positions of a bulk recall that is committed after messages that were accepted later than it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Heads } from '@danmux/bus';
import type { Waiting } from '../src/combos.ts';
import { LateMessages } from '../src/late-messages.ts';

const accepted = (ts: number) => ({ body: `{"id":"m","data":1,"ts":${ts}}` }) as Waiting;
const heads = (gift: number, epoch = 'e'): Heads => ({ epoch, offsets: { control: 9, gift, chat: 0 } });
const known = (offset: number, epoch = 'e') => ({ gift: { epoch, offset } });
const scope = { all: true } as const;
/** The last gift that a recall of this time covers. */
const upTo = (late: LateMessages, ts: number, at: Heads, from?: ReturnType<typeof known>) => late.recallPositions(accepted(ts), scope, from ?? {}, at).gift;

test('a recall covers the messages accepted before it, in their order, and not the first later one', () => {
  const late = new LateMessages();
  late.committed('gift', [accepted(1), accepted(2)], heads(2));
  late.committed('gift', [accepted(3), accepted(5), accepted(4)], heads(5));
  assert.deepEqual(upTo(late, 3, heads(5), known(1)), { epoch: 'e', offset: 3 });
  assert.deepEqual(upTo(late, 4, heads(5), known(1)), { epoch: 'e', offset: 3 });
  assert.deepEqual(upTo(late, 9, heads(5), known(1)), { epoch: 'e', offset: 5 });
  assert.deepEqual(upTo(late, 0, heads(5), known(2)), { epoch: 'e', offset: 2 }, 'at least the positions of its publisher');
  assert.deepEqual(late.recallPositions(accepted(3), { user: 'ann' }, {}, heads(5)).control, { epoch: 'e', offset: 9 });
});

test('messages whose acceptance is not known are covered up to the positions of the publisher only', () => {
  const late = new LateMessages();
  assert.deepEqual(upTo(late, 9, heads(8), known(3)), { epoch: 'e', offset: 3 });
  assert.deepEqual(upTo(late, 9, heads(8), known(8)), { epoch: 'e', offset: 8 });
  assert.deepEqual(upTo(late, 9, heads(8)), { epoch: 'e', offset: 8 }, 'a publisher that states none recalls everything before it');
  late.committed(
    'gift',
    Array.from({ length: 1_500 }, (_, index) => accepted(index)),
    heads(1_500),
  );
  assert.deepEqual(upTo(late, 9_999, heads(1_500), known(999)), { epoch: 'e', offset: 999 });
  assert.deepEqual(upTo(late, 9_999, heads(1_500), known(1_000)), { epoch: 'e', offset: 1_500 });
});

test('a new epoch forgets the offsets of the former, and its positions count for nothing', () => {
  const late = new LateMessages();
  late.committed('gift', [accepted(1), accepted(9)], heads(2));
  assert.deepEqual(upTo(late, 5, heads(1, 'f'), known(2)), { epoch: 'f', offset: 1 });
  late.committed('gift', [accepted(9)], heads(2, 'f'));
  assert.deepEqual(upTo(late, 5, heads(2, 'f'), known(2)), { epoch: 'f', offset: 1 });
});
