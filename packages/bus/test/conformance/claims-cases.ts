// Idempotency keys: one request at a time owns a key, and no request releases the claim or the answer of another.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '@danmux/testkit/unit';
import type { MakeEngine } from './case-kit.ts';

export function idempotencyCases(engine: MakeEngine): void {
  describe('idempotency keys', () => {
    test('one of many claims gets the key, the others are in flight; another body is refused', async () => {
      const { bus } = await engine();
      const begun = await Promise.all(Array.from({ length: 5 }, (_, index) => bus.claims.begin('k', 'body', `c${index}`)));
      assert.deepEqual(begun.map(({ state }) => state).sort(), ['in_flight', 'in_flight', 'in_flight', 'in_flight', 'started']);
      assert.deepEqual(await bus.claims.begin('k', 'other body', 'c9'), { state: 'mismatch' });
      assert.deepEqual(await bus.claims.begin('k', 'other body', 'c0'), { state: 'mismatch' });
    });

    test('a finished key returns its answer until the TTL is over', async () => {
      const { bus } = await engine();
      await bus.claims.begin('k', 'body', 'c1');
      await bus.claims.finish('k', 'body', 'c1', '{"答":1}', 60_000);
      for (const claim of ['c1', 'c2']) assert.deepEqual(await bus.claims.begin('k', 'body', claim), { state: 'done', answer: '{"答":1}' });
      assert.deepEqual(await bus.claims.begin('k', 'other body', 'c3'), { state: 'mismatch' });
      await bus.claims.begin('short', 'body', 'c1');
      await bus.claims.finish('short', 'body', 'c1', 'x', 50);
      await eventually(async () => assert.deepEqual(await bus.claims.begin('short', 'body', 'c2'), { state: 'started' }));
    });

    test('a claim that is sent twice starts twice, until it is finished', async () => {
      const { bus } = await engine();
      for (let i = 0; i < 2; i++) assert.deepEqual(await bus.claims.begin('k', 'body', 'c1'), { state: 'started' });
      await bus.claims.finish('k', 'body', 'c1', 'a', 60_000);
      await bus.claims.finish('k', 'body', 'c1', 'a', 60_000);
      assert.deepEqual(await bus.claims.begin('k', 'body', 'c1'), { state: 'done', answer: 'a' });
    });

    test('forget releases the key', async () => {
      const { bus } = await engine();
      await bus.claims.begin('k', 'body', 'c1');
      await bus.claims.forget('k', 'c1');
      assert.deepEqual(await bus.claims.begin('k', 'other body', 'c2'), { state: 'started' });
      await bus.claims.forget('never begun', 'c1');
    });

    test('forget with an unknown claim keeps the claim of another request', async () => {
      const { bus } = await engine();
      await bus.claims.begin('k', 'body', 'c1');
      await bus.claims.forget('k', 'c2');
      assert.deepEqual(await bus.claims.begin('k', 'body', 'c3'), { state: 'in_flight' });
    });

    test('forget keeps a stored answer, also that of the same claim', async () => {
      const { bus } = await engine();
      await bus.claims.begin('k', 'body', 'c1');
      await bus.claims.finish('k', 'body', 'c1', 'a', 60_000);
      for (const claim of ['c1', 'c2']) await bus.claims.forget('k', claim);
      assert.deepEqual(await bus.claims.begin('k', 'body', 'c3'), { state: 'done', answer: 'a' });
    });

    test('finish of an expired claim changes neither the next owner’s claim nor its answer', async () => {
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

    test('finish of an expired claim stores the answer when no other request has claimed the key', async () => {
      const { bus } = await engine();
      await bus.claims.finish('k', 'body', 'c1', 'a', 60_000);
      assert.deepEqual(await bus.claims.begin('k', 'body', 'c2'), { state: 'done', answer: 'a' });
    });

    test('keys are independent, whatever characters they contain', async () => {
      const { bus } = await engine();
      for (const key of ['a', 'a:b', '{a}b', 'ключ', ' ']) assert.deepEqual(await bus.claims.begin(key, 'body', 'c1'), { state: 'started' }, key);
      await bus.claims.finish('a', 'body', 'c1', '', 60_000);
      assert.deepEqual(await bus.claims.begin('a', 'body', 'c2'), { state: 'done', answer: '' });
      assert.deepEqual(await bus.claims.begin('a:b', 'body', 'c2'), { state: 'in_flight' });
    });
  });
}
