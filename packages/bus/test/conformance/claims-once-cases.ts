// One-time keys: the first call takes the key, later calls get the milliseconds until it is free.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '@danmux/testkit/unit';
import type { MakeEngine } from './case-kit.ts';

export function onceCases(engine: MakeEngine): void {
  describe('once', () => {
    test('the first call takes the key, later ones get the remaining milliseconds; keys are independent', async () => {
      const { bus } = await engine();
      assert.equal(await bus.claims.once('nonce:a', 60_000), 0);
      const left = await bus.claims.once('nonce:a', 900_000);
      assert.ok(left > 50_000 && left <= 60_000, `${left} ms are left`);
      assert.equal(await bus.claims.once('nonce:b', 60_000), 0);
      assert.equal(await bus.claims.once('nonce', 60_000), 0);
    });

    test('one of many concurrent calls takes the key', async () => {
      const { bus } = await engine();
      const answers = await Promise.all(Array.from({ length: 20 }, () => bus.claims.once('slow:ann', 60_000)));
      assert.equal(answers.filter((left) => left === 0).length, 1);
      assert.ok(
        answers.every((left) => left === 0 || left >= 1),
        'the others wait',
      );
    });

    test('a key is free again after its TTL, and then taken for a full TTL', async () => {
      const { bus } = await engine();
      assert.equal(await bus.claims.once('k', 100), 0);
      await eventually(async () => assert.equal(await bus.claims.once('k', 60_000), 0));
      assert.ok((await bus.claims.once('k', 1)) > 50_000, 'it is taken anew');
    });
  });
}
