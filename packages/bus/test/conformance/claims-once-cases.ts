// A key that is taken once: the first takes it, the others are told for how long it is taken.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '@danmux/testkit/unit';
import type { MakeEngine } from './case-kit.ts';

export function onceCases(engine: MakeEngine): void {
  describe('once', () => {
    test('the first takes it, every other is told how long it is taken; keys do not touch each other', async () => {
      const { bus } = await engine();
      assert.equal(await bus.claims.once('nonce:a', 60_000), 0);
      const left = await bus.claims.once('nonce:a', 900_000);
      assert.ok(left > 50_000 && left <= 60_000, `${left} ms are left`);
      assert.equal(await bus.claims.once('nonce:b', 60_000), 0);
      assert.equal(await bus.claims.once('nonce', 60_000), 0);
    });

    test('of many at once one takes it', async () => {
      const { bus } = await engine();
      const answers = await Promise.all(Array.from({ length: 20 }, () => bus.claims.once('slow:ann', 60_000)));
      assert.equal(answers.filter((left) => left === 0).length, 1);
      assert.ok(
        answers.every((left) => left === 0 || left >= 1),
        'the others wait',
      );
    });

    test('it is free again after its time, and for a whole time anew', async () => {
      const { bus } = await engine();
      assert.equal(await bus.claims.once('k', 100), 0);
      await eventually(async () => assert.equal(await bus.claims.once('k', 60_000), 0));
      assert.ok((await bus.claims.once('k', 1)) > 50_000, 'it is taken anew');
    });
  });
}
