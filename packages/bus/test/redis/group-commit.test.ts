// Writes of one group share a confirmation, and no write resolves before it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GroupCommit } from '../../src/redis/group-commit.ts';

/** Confirmations that stay pending until the test resolves them. */
function held(): { group: GroupCommit; confirm: (error?: Error) => Promise<void>; asked: () => number } {
  const waiting: ((error?: Error) => void)[] = [];
  let asked = 0;
  const group = new GroupCommit(
    () => () =>
      new Promise<void>((resolve, reject) => {
        asked++;
        waiting.push((error) => (error ? reject(error) : resolve()));
      }),
  );
  const confirm = async (error?: Error) => {
    while (waiting.length === 0) await new Promise(setImmediate);
    waiting.shift()?.(error);
  };
  return { group, confirm, asked: () => asked };
}

test('a thousand concurrent writes need two confirmations and run in order', async () => {
  const { group, confirm, asked } = held();
  const done: number[] = [];
  const writes = Array.from({ length: 1_000 }, (_, index) => group.write(async () => done.push(index)));
  await confirm();
  await confirm();
  await Promise.all(writes);
  assert.deepEqual(done, [...done.keys()]);
  assert.equal(asked(), 2);
});

test('a write resolves after its confirmation, not before', async () => {
  const { group, confirm } = held();
  let answered = false;
  const write = group
    .write(async () => 'stored')
    .then((outcome) => {
      answered = true;
      return outcome;
    });
  await new Promise(setImmediate);
  assert.equal(answered, false);
  await confirm();
  assert.equal(await write, 'stored');
});

test('a failed confirmation rejects every write of the group, and the next group still runs', async () => {
  const { group, confirm } = held();
  const first = group.write(async () => 1);
  const [second, third] = [group.write(async () => 2), group.write(async () => 3)];
  const failed = [assert.rejects(first, /too few/)];
  await confirm(new Error('too few'));
  await Promise.all(failed);
  await confirm();
  assert.deepEqual(await Promise.all([second, third]), [2, 3]);
});

test('a failing write rejects alone; a group in which all fail needs no confirmation', async () => {
  const { group, confirm, asked } = held();
  await assert.rejects(
    group.write(() => Promise.reject(new Error('refused'))),
    /refused/,
  );
  assert.equal(asked(), 0);
  const opening = group.write(async () => 0);
  const bad = assert.rejects(
    group.write(() => Promise.reject(new Error('refused'))),
    /refused/,
  );
  const good = group.write(async () => 1);
  await confirm();
  await confirm();
  await bad;
  assert.deepEqual([await opening, await good], [0, 1]);
});

test('writes above the caps of writes and bytes, and waiting writes after `refuse`, reject without running', async () => {
  const { group, confirm } = held();
  let ran = 0;
  const run = async () => ran++;
  const first = group.write(run);
  const rest = Array.from({ length: 10_000 }, () => assert.rejects(group.write(run), /gone/));
  await assert.rejects(group.write(run), /Too many messages wait/);
  group.refuse(new Error('gone'));
  await Promise.all(rest);
  const large = assert.rejects(group.write(run, 40 * 1_048_576), /gone/);
  await assert.rejects(group.write(run, 40 * 1_048_576), /Too many messages wait/);
  group.refuse(new Error('gone'));
  await large;
  await confirm();
  await first;
  assert.equal(ran, 1);
});
