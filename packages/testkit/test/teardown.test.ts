// Tests that cleanup functions run in reverse order, even if one fails.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeAfter, type Owner, ownerOf, testBus, testRuntime } from '../src/unit.ts';

function owner(): Owner & { end(): Promise<unknown> } {
  const closes: (() => unknown)[] = [];
  return {
    after: (close) => void closes.push(close),
    end: async () => {
      for (const close of closes) await close();
    },
  };
}

test('cleanup functions run in reverse order even after a failure, and the first error is thrown', async () => {
  const one = owner();
  const order: string[] = [];
  closeAfter(one, () => order.push('first'));
  closeAfter(one, async () => {
    order.push('second');
    throw new Error('second fails');
  });
  closeAfter(one, () => order.push('third'));
  await assert.rejects(one.end(), /second fails/);
  assert.deepEqual(order, ['third', 'second', 'first']);
});

test('an owner of a hook ends with every run of the hook', async () => {
  let run = async () => {};
  const ended = ownerOf((close) => {
    run = close;
  });
  const order: string[] = [];
  for (const turn of ['one', 'two']) {
    closeAfter(ended, () => order.push(`${turn} first`));
    closeAfter(ended, () => order.push(`${turn} second`));
    await run();
  }
  assert.deepEqual(order, ['one second', 'one first', 'two second', 'two first']);
});

test('when the test ends, the bus is stopped before its runtime', async (t) => {
  const one = owner();
  const runtime = testRuntime(one, { shards: 3 });
  const bus = testBus(one, runtime);
  assert.equal(runtime.config.shards, 3);
  const order: string[] = [];
  t.mock.method(bus, 'stop', async () => void order.push('bus'));
  t.mock.method(runtime.counted, 'stop', () => void order.push('runtime'));
  await one.end();
  assert.deepEqual(order, ['bus', 'runtime']);
});
