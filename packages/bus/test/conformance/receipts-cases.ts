// Receipt counts: opened, reported by edges, read; they never decrease.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '@danmux/testkit/unit';
import type { MakeEngine } from './case-kit.ts';

export function receiptCases(engine: MakeEngine): void {
  describe('receipts', () => {
    test('find returns the counts of every edge and room of an opened message', async () => {
      const { bus } = await engine();
      assert.equal(await bus.receipts.find('m'), null);
      await bus.receipts.open('m', 'live:1', 1_700_000_000_000);
      assert.deepEqual(await bus.receipts.find('m'), { at: 1_700_000_000_000, rooms: ['live:1'], counts: [] });
      await bus.receipts.open('m', 'live:2', 1_700_000_000_999);
      await bus.receipts.open('m', 'live:2', 1_700_000_000_999);
      await bus.receipts.open('n', 'live:1', 1);
      await bus.receipts.report([
        { id: 'm', room: 'live:1', edge: 'edge 1:a', sent: 10, received: 3 },
        { id: 'n', room: 'live:1', edge: 'edge 1:a', sent: 1, received: 1 },
        { id: 'm', room: 'live:2', edge: 'edge 1:a', sent: 2, received: 0 },
        { id: 'm', room: 'live:1', edge: 'e2', sent: 100_000, received: 99_999 },
      ]);
      const found = await bus.receipts.find('m');
      assert.deepEqual([found?.at, [...(found?.rooms ?? [])].sort()], [1_700_000_000_000, ['live:1', 'live:2']]);
      const byPlace = (a: { room: string; edge: string }, b: { room: string; edge: string }) => (`${a.room} ${a.edge}` < `${b.room} ${b.edge}` ? -1 : 1);
      assert.deepEqual([...(found?.counts ?? [])].sort(byPlace), [
        { room: 'live:1', edge: 'e2', sent: 100_000, received: 99_999 },
        { room: 'live:1', edge: 'edge 1:a', sent: 10, received: 3 },
        { room: 'live:2', edge: 'edge 1:a', sent: 2, received: 0 },
      ]);
      assert.deepEqual((await bus.receipts.find('n'))?.counts, [{ room: 'live:1', edge: 'edge 1:a', sent: 1, received: 1 }]);
    });

    test('a later report raises counts and never lowers them', async () => {
      const { bus } = await engine();
      await bus.receipts.open('m', 'live:1', 1);
      const report = (sent: number, received: number) => bus.receipts.report([{ id: 'm', room: 'live:1', edge: 'e', sent, received }]);
      await report(10, 3);
      await report(12, 9);
      await report(10, 5);
      await report(1, 10);
      assert.deepEqual((await bus.receipts.find('m'))?.counts, [{ room: 'live:1', edge: 'e', sent: 12, received: 10 }]);
    });

    test('reports about a message that was never opened are ignored', async () => {
      const { bus } = await engine();
      await bus.receipts.report([{ id: 'm', room: 'live:1', edge: 'e', sent: 1, received: 1 }]);
      await bus.receipts.report([]);
      assert.equal(await bus.receipts.find('m'), null);
      await bus.receipts.open('m', 'live:1', 1);
      assert.deepEqual((await bus.receipts.find('m'))?.counts, []);
    });

    test('counts expire a TTL after the last write', async () => {
      const { bus } = await engine({ 'receipts.kept_ms': 200 });
      await bus.receipts.open('m', 'live:1', 1);
      await eventually(async () => assert.equal(await bus.receipts.find('m'), null));
      await bus.receipts.report([{ id: 'm', room: 'live:1', edge: 'e', sent: 1, received: 1 }]);
      assert.equal(await bus.receipts.find('m'), null);
    });
  });
}
