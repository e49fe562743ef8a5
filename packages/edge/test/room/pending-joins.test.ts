// Tests of pending joins: one at a time per session and room, counted against the room limit, and cancelled with a reason.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { personalRoom } from '@danmux/bus';
import { DanmuxError, limits } from '@danmux/protocol';
import { PendingJoins } from '../../src/room/pending-joins.ts';
import { fakeSession } from '../fake-session.ts';

/** A join that is answered when `answer` is called. */
function join(): { readonly run: () => Promise<string>; answer(): void } {
  let answer = () => {};
  const promise = new Promise<string>((resolve) => {
    answer = () => resolve('joined');
  });
  return { run: () => promise, answer };
}

test('a second join of the same room is refused until the first is answered; other rooms and sessions are free', async () => {
  const pending = new PendingJoins();
  const [ann, bob, first, others] = [fakeSession(), fakeSession(), join(), async () => 'joined'];
  const answered = pending.run(ann, 'a', first.run);
  await assert.rejects(pending.run(ann, 'a', others), { code: 'rate_limited' });
  assert.deepEqual([await pending.run(ann, 'b', others), await pending.run(bob, 'a', others)], ['joined', 'joined']);
  first.answer();
  assert.equal(await answered, 'joined');
  assert.equal(await pending.run(ann, 'a', others), 'joined');
});

test('a join that failed is pending no more', async () => {
  const pending = new PendingJoins();
  const ann = fakeSession();
  await assert.rejects(
    pending.run(ann, 'a', () => Promise.reject(new DanmuxError('room_full'))),
    { code: 'room_full' },
  );
  assert.equal(await pending.run(ann, 'a', async () => 'joined'), 'joined');
});

test('pending joins count against the rooms of a connection, the room of personal messages does not', async () => {
  const pending = new PendingJoins();
  const inside = Array.from({ length: limits.roomsPerConnection - 1 }, (_, index) => `r${index}`);
  const [ann, last] = [fakeSession({}, ...inside), join()];
  const answered = pending.run(ann, 'last', last.run);
  await assert.rejects(
    pending.run(ann, 'one more', async () => {}),
    { code: 'too_many_rooms' },
  );
  await pending.run(ann, personalRoom, async () => {});
  await pending.run(ann, 'r0', async () => {});
  last.answer();
  await answered;
});

test('a cancelled join fails with the reason, and only the pending one', async () => {
  const pending = new PendingJoins();
  const [ann, first] = [fakeSession(), join()];
  pending.cancel(ann, 'a', new DanmuxError('banned'));
  const answered = pending.run(ann, 'a', async () => {
    await first.run();
    pending.check(ann, 'a');
  });
  pending.check(ann, 'a');
  pending.cancel(ann, 'a', new DanmuxError('not_joined'));
  first.answer();
  await assert.rejects(answered, { code: 'not_joined' });
  pending.check(ann, 'a');
});
