// Leases: a name has one owner at a time, and each new owner gets a higher token.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '@danmux/testkit/unit';
import type { MakeEngine } from './case-kit.ts';

export function leaseCases(engine: MakeEngine): void {
  describe('leases', () => {
    test('a name has one owner at a time; its owner acquires the same lease again; each new owner gets a higher token', async () => {
      const { bus } = await engine();
      const mine = await bus.leases.acquire('boss', 'me', 60_000);
      assert.equal(await bus.leases.acquire('boss', 'you', 60_000), null);
      assert.deepEqual(await bus.leases.acquire('boss', 'me', 60_000), mine);
      assert.ok(mine);
      await bus.leases.release(mine);
      const yours = await bus.leases.acquire('boss', 'you', 60_000);
      assert.ok(yours && yours.token > mine.token);
      assert.equal(await bus.leases.renew(mine, 60_000), false);
      assert.equal(await bus.leases.renew(yours, 60_000), true);
    });

    test('a lease expires unless it is renewed', async () => {
      const { bus } = await engine();
      const lease = await bus.leases.acquire('boss', 'me', 200);
      assert.ok(lease);
      assert.equal(await bus.leases.renew(lease, 60_000), true);
      const short = await bus.leases.acquire('clerk', 'me', 50);
      assert.ok(short);
      await eventually(async () => assert.notEqual(await bus.leases.acquire('clerk', 'you', 60_000), null));
      assert.equal(await bus.leases.renew(short, 60_000), false);
      assert.equal(await bus.leases.acquire('boss', 'you', 60_000), null);
    });

    test('releasing a lost lease does nothing; releasing a valid one notifies the listeners', async () => {
      const { bus } = await engine();
      const freed: string[] = [];
      await bus.leases.onFreed((name) => freed.push(name));
      const lease = await bus.leases.acquire('boss', 'me', 60_000);
      assert.ok(lease);
      await bus.leases.release({ ...lease, owner: 'you' });
      assert.equal(await bus.leases.acquire('boss', 'you', 60_000), null);
      await bus.leases.release(lease);
      await eventually(() => assert.deepEqual(freed, ['boss']));
    });

    test('one of many concurrent acquires succeeds', async () => {
      const { bus } = await engine();
      const got = await Promise.all(Array.from({ length: 20 }, (_, index) => bus.leases.acquire('boss', `owner-${index}`, 60_000)));
      assert.equal(got.filter(Boolean).length, 1);
    });

    test('renew extends a lease beyond its first TTL', async () => {
      const { bus } = await engine();
      const kept = await bus.leases.acquire('kept', 'me', 1_000);
      assert.ok(kept && (await bus.leases.renew(kept, 60_000)));
      // A later lease with the same TTL: when it has expired, the first one would have expired too without the renewal.
      assert.ok(await bus.leases.acquire('ended', 'me', 1_000));
      await eventually(async () => assert.ok(await bus.leases.acquire('ended', 'you', 60_000)));
      assert.equal(await bus.leases.acquire('kept', 'you', 60_000), null);
    });

    test('acquiring a lease again also extends it', async () => {
      const { bus } = await engine();
      const kept = await bus.leases.acquire('kept', 'me', 1_000);
      assert.deepEqual(await bus.leases.acquire('kept', 'me', 60_000), kept);
      assert.ok(await bus.leases.acquire('ended', 'me', 1_000));
      await eventually(async () => assert.ok(await bus.leases.acquire('ended', 'you', 60_000)));
      assert.equal(await bus.leases.acquire('kept', 'you', 60_000), null);
    });

    test('a lease that its owner lost and acquired again has another token', async () => {
      const { bus } = await engine();
      const first = await bus.leases.acquire('boss', 'me', 50);
      assert.ok(first);
      await eventually(async () => assert.equal(await bus.leases.renew(first, 1), false));
      const second = await bus.leases.acquire('boss', 'me', 60_000);
      assert.ok(second && second.token > first.token);
      assert.equal(await bus.leases.renew(first, 60_000), false);
      await bus.leases.release(first);
      assert.equal(await bus.leases.renew(second, 60_000), true);
    });

    test('a second release does nothing, and names are independent', async () => {
      const { bus } = await engine();
      const freed: string[] = [];
      await bus.leases.onFreed((name) => freed.push(name));
      const [one, two] = [await bus.leases.acquire('shard:1', 'me', 60_000), await bus.leases.acquire('shard:10', 'me', 60_000)];
      assert.ok(one && two);
      await bus.leases.release(one);
      await bus.leases.release(one);
      assert.equal(await bus.leases.renew(two, 60_000), true);
      await bus.leases.release(two);
      await eventually(() => assert.deepEqual(freed, ['shard:1', 'shard:10']));
    });

    test('an expired lease is not reported as freed, and closed listeners are not called', async () => {
      const { bus } = await engine();
      const freed: string[] = [];
      const gone: string[] = [];
      await bus.leases.onFreed((name) => freed.push(name));
      const subscription = await bus.leases.onFreed((name) => gone.push(name));
      await subscription.close();
      assert.ok(await bus.leases.acquire('ends', 'me', 50));
      await eventually(async () => assert.ok(await bus.leases.acquire('ends', 'you', 60_000)));
      const barrier = await bus.leases.acquire('barrier', 'me', 60_000);
      assert.ok(barrier);
      await bus.leases.release(barrier);
      await eventually(() => assert.deepEqual(freed, ['barrier']));
      assert.deepEqual(gone, []);
    });
  });
}
