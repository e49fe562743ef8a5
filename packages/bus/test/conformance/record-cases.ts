// Members, idempotency keys and health: small records with a life of their own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../eventually.ts';
import type { MakeEngine } from './case-kit.ts';

export function recordCases(engine: MakeEngine): void {
  test('members announce themselves, leave, and end by themselves', async () => {
    const { bus } = await engine();
    const edge = { id: 'e', role: 'edge', address: '127.0.0.1:7700', version: '1.0.0', load: 0.25 };
    const relay = { id: 'r', role: 'relay', address: '', version: '1.0.0', load: 0 };
    await bus.announce(edge, 60_000);
    await bus.announce({ ...edge, load: 0.5 }, 60_000);
    await bus.announce(relay, 100);
    assert.deepEqual(
      (await bus.members()).find(({ id }) => id === 'e'),
      { ...edge, load: 0.5 },
    );
    await eventually(async () =>
      assert.deepEqual(
        (await bus.members()).map(({ id }) => id),
        ['e'],
      ),
    );
    await bus.leave('e');
    assert.deepEqual(await bus.members(), []);
  });

  test('an idempotency key is claimed once, keeps its answer, refuses another body, and can be forgotten', async () => {
    const { bus } = await engine();
    const begun = await Promise.all(Array.from({ length: 5 }, () => bus.begin('k', 'body')));
    assert.deepEqual(begun.map(({ state }) => state).sort(), ['in_flight', 'in_flight', 'in_flight', 'in_flight', 'started']);
    assert.deepEqual(await bus.begin('k', 'other body'), { state: 'mismatch' });
    await bus.finish('k', 'body', '{"答":1}', 60_000);
    assert.deepEqual(await bus.begin('k', 'body'), { state: 'done', answer: '{"答":1}' });
    assert.deepEqual(await bus.begin('k', 'other body'), { state: 'mismatch' });
    await bus.forget('k');
    assert.deepEqual(await bus.begin('k', 'other body'), { state: 'started' });
    await bus.finish('short', 'body', 'x', 50);
    await eventually(async () => assert.deepEqual(await bus.begin('short', 'body'), { state: 'started' }));
  });

  test('health resolves while the store answers', async () => {
    const { bus } = await engine();
    await bus.health();
  });
}
