// A name has one owner at a time, known by a token that grows.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '../eventually.ts';
import type { MakeEngine } from './case-kit.ts';

export function leaseCases(engine: MakeEngine): void {
  describe('leases', () => {
    test('one owner at a time; the same owner gets its own again; the token grows with every new owner', async () => {
      const { bus } = await engine();
      const mine = await bus.acquire('boss', 'me', 60_000);
      assert.equal(await bus.acquire('boss', 'you', 60_000), null);
      assert.deepEqual(await bus.acquire('boss', 'me', 60_000), mine);
      assert.ok(mine);
      await bus.release(mine);
      const yours = await bus.acquire('boss', 'you', 60_000);
      assert.ok(yours && yours.token > mine.token);
      assert.equal(await bus.renew(mine, 60_000), false);
      assert.equal(await bus.renew(yours, 60_000), true);
    });

    test('a lease ends by itself, unless it is renewed', async () => {
      const { bus } = await engine();
      const lease = await bus.acquire('boss', 'me', 200);
      assert.ok(lease);
      assert.equal(await bus.renew(lease, 60_000), true);
      const short = await bus.acquire('clerk', 'me', 50);
      assert.ok(short);
      await eventually(async () => assert.notEqual(await bus.acquire('clerk', 'you', 60_000), null));
      assert.equal(await bus.renew(short, 60_000), false);
      assert.equal(await bus.acquire('boss', 'you', 60_000), null);
    });

    test("releasing what is another's does nothing; releasing one's own tells who waits", async () => {
      const { bus } = await engine();
      const freed: string[] = [];
      await bus.onFreed((name) => freed.push(name));
      const lease = await bus.acquire('boss', 'me', 60_000);
      assert.ok(lease);
      await bus.release({ ...lease, owner: 'you' });
      assert.equal(await bus.acquire('boss', 'you', 60_000), null);
      await bus.release(lease);
      await eventually(() => assert.deepEqual(freed, ['boss']));
    });

    test('of many who want one lease one gets it', async () => {
      const { bus } = await engine();
      const got = await Promise.all(Array.from({ length: 20 }, (_, index) => bus.acquire('boss', `owner-${index}`, 60_000)));
      assert.equal(got.filter(Boolean).length, 1);
    });
  });
}
