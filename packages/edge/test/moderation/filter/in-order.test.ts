import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InOrder } from '../../../src/moderation/filter/in-order.ts';

test('work of one key waits for earlier work of the same key, also when that fails', async () => {
  const order = new InOrder();
  const settled: string[] = [];
  let fail = (_: Error) => {};
  const first = new Promise<string>((_, reject) => {
    fail = reject;
  });
  const run = (name: string, key: string, work: Promise<string>) =>
    order.run(key, work).then(
      () => settled.push(name),
      () => settled.push(`${name} failed`),
    );
  const runs = [
    run('first', 'a', first),
    run('second', 'a', Promise.reject(new Error('no'))),
    run('third', 'a', Promise.resolve('')),
    run('other', 'b', Promise.resolve('')),
  ];
  await runs[3];
  assert.deepEqual(settled, ['other']);
  fail(new Error('no'));
  await Promise.all(runs);
  assert.deepEqual(settled, ['other', 'first failed', 'second failed', 'third']);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(order.size, 0);
});
