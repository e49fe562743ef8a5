// Idempotency keys: one request at a time holds one, and nobody gives up what another holds or has finished.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '@danmux/testkit/unit';
import type { MakeEngine } from './case-kit.ts';

export function idempotencyCases(engine: MakeEngine): void {
  describe('idempotency keys', () => {
    test('one of many claims gets the key, the others wait; another body is refused', async () => {
      const { bus } = await engine();
      const begun = await Promise.all(Array.from({ length: 5 }, (_, index) => bus.claims.begin('k', 'body', `c${index}`)));
      assert.deepEqual(begun.map(({ state }) => state).sort(), ['in_flight', 'in_flight', 'in_flight', 'in_flight', 'started']);
      assert.deepEqual(await bus.claims.begin('k', 'other body', 'c9'), { state: 'mismatch' });
      assert.deepEqual(await bus.claims.begin('k', 'other body', 'c0'), { state: 'mismatch' });
    });

    test('a finished key answers whoever asks, until its time is over', async () => {
      const { bus } = await engine();
      await bus.claims.begin('k', 'body', 'c1');
      await bus.claims.finish('k', 'body', 'c1', '{"答":1}', 60_000);
      for (const claim of ['c1', 'c2']) assert.deepEqual(await bus.claims.begin('k', 'body', claim), { state: 'done', answer: '{"答":1}' });
      assert.deepEqual(await bus.claims.begin('k', 'other body', 'c3'), { state: 'mismatch' });
      await bus.claims.begin('short', 'body', 'c1');
      await bus.claims.finish('short', 'body', 'c1', 'x', 50);
      await eventually(async () => assert.deepEqual(await bus.claims.begin('short', 'body', 'c2'), { state: 'started' }));
    });

    test('a claim that reaches the store twice is one claim, until it is finished', async () => {
      const { bus } = await engine();
      for (let i = 0; i < 2; i++) assert.deepEqual(await bus.claims.begin('k', 'body', 'c1'), { state: 'started' });
      await bus.claims.finish('k', 'body', 'c1', 'a', 60_000);
      await bus.claims.finish('k', 'body', 'c1', 'a', 60_000);
      assert.deepEqual(await bus.claims.begin('k', 'body', 'c1'), { state: 'done', answer: 'a' });
    });

    test('a claim that is given up leaves the key free', async () => {
      const { bus } = await engine();
      await bus.claims.begin('k', 'body', 'c1');
      await bus.claims.forget('k', 'c1');
      assert.deepEqual(await bus.claims.begin('k', 'other body', 'c2'), { state: 'started' });
      await bus.claims.forget('never begun', 'c1');
    });

    test('giving up a claim that was never made leaves the claim of another', async () => {
      const { bus } = await engine();
      await bus.claims.begin('k', 'body', 'c1');
      await bus.claims.forget('k', 'c2');
      assert.deepEqual(await bus.claims.begin('k', 'body', 'c3'), { state: 'in_flight' });
    });

    test('giving up a claim leaves an answer that is there, one’s own too', async () => {
      const { bus } = await engine();
      await bus.claims.begin('k', 'body', 'c1');
      await bus.claims.finish('k', 'body', 'c1', 'a', 60_000);
      for (const claim of ['c1', 'c2']) await bus.claims.forget('k', claim);
      assert.deepEqual(await bus.claims.begin('k', 'body', 'c3'), { state: 'done', answer: 'a' });
    });

    test('a claim that lost the key neither answers for its next owner nor changes its answer', async () => {
      const { bus } = await engine();
      await bus.claims.begin('k', 'body', 'c1');
      await bus.claims.forget('k', 'c1');
      await bus.claims.begin('k', 'other body', 'c2');
      await bus.claims.finish('k', 'body', 'c1', 'late', 60_000);
      assert.deepEqual(await bus.claims.begin('k', 'other body', 'c3'), { state: 'in_flight' });
      await bus.claims.finish('k', 'other body', 'c2', 'a', 60_000);
      await bus.claims.finish('k', 'body', 'c1', 'late', 60_000);
      assert.deepEqual(await bus.claims.begin('k', 'other body', 'c3'), { state: 'done', answer: 'a' });
    });

    test('an answer whose claim has ended is kept when nobody took the key since', async () => {
      const { bus } = await engine();
      await bus.claims.finish('k', 'body', 'c1', 'a', 60_000);
      assert.deepEqual(await bus.claims.begin('k', 'body', 'c2'), { state: 'done', answer: 'a' });
    });

    test('keys do not touch each other, whatever is in them', async () => {
      const { bus } = await engine();
      for (const key of ['a', 'a:b', '{a}b', 'ключ', ' ']) assert.deepEqual(await bus.claims.begin(key, 'body', 'c1'), { state: 'started' }, key);
      await bus.claims.finish('a', 'body', 'c1', '', 60_000);
      assert.deepEqual(await bus.claims.begin('a', 'body', 'c2'), { state: 'done', answer: '' });
      assert.deepEqual(await bus.claims.begin('a:b', 'body', 'c2'), { state: 'in_flight' });
    });
  });
}
