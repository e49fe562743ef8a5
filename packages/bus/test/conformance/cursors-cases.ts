// Cursors: fields per lease, written only by its owner.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MakeEngine } from './case-kit.ts';

export function cursorCases(engine: MakeEngine): void {
  describe('cursors', () => {
    test('the owner of a lease sets and removes fields; any process reads all or some of them', async () => {
      const { bus } = await engine();
      const lease = (await bus.leases.acquire('webhooks:1', 'me', 10_000)) ?? assert.fail('the lease is free');
      assert.deepEqual(await bus.cursors.read('webhooks:1'), new Map());
      const values = new Map([
        ['a 1', '弹幕'],
        ['a 2', ''],
        ['b 1', '3'],
      ]);
      assert.equal(await bus.cursors.write(lease, values), true);
      assert.equal(await bus.cursors.write(lease, new Map()), true);
      assert.deepEqual(await bus.cursors.read('webhooks:1'), values);
      assert.deepEqual(await bus.cursors.read('webhooks:1', ['b 1', 'none']), new Map([['b 1', '3']]));
      assert.deepEqual(await bus.cursors.read('webhooks:1', []), new Map());
      await bus.cursors.write(lease, new Map([['a 1', null]]));
      assert.deepEqual([...(await bus.cursors.read('webhooks:1')).keys()].sort(), ['a 2', 'b 1']);
      assert.deepEqual(await bus.cursors.read('webhooks:2'), new Map());
    });

    test('a write under a lost lease changes nothing', async () => {
      const { bus } = await engine();
      const mine = (await bus.leases.acquire('webhooks:1', 'me', 10_000)) ?? assert.fail('the lease is free');
      await bus.cursors.write(mine, new Map([['a', '1']]));
      await bus.leases.release(mine);
      assert.equal(await bus.cursors.write(mine, new Map([['a', '2']])), false);
      const others = (await bus.leases.acquire('webhooks:1', 'other', 10_000)) ?? assert.fail('the lease is free');
      assert.equal(await bus.cursors.write(mine, new Map([['a', '2']])), false);
      assert.equal(await bus.cursors.write(others, new Map(Array.from({ length: 2_500 }, (_, n) => [`f ${n}`, String(n)]))), true);
      assert.equal((await bus.cursors.read('webhooks:1')).size, 2_501);
      assert.equal((await bus.cursors.read('webhooks:1')).get('a'), '1');
    });
  });
}
