// Traces: the hops of a message in a room, each once, up to a cap.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type TraceHop, traceHops } from '../../src/contract/traces.ts';
import type { MakeEngine } from './case-kit.ts';

const byPlace = (a: TraceHop, b: TraceHop) => (`${a.hop} ${a.node}` < `${b.hop} ${b.node}` ? -1 : 1);

export function traceCases(engine: MakeEngine): void {
  describe('traces', () => {
    test('find returns the hops of this message in this room', async () => {
      const { bus } = await engine();
      assert.equal(await bus.traces.find('live:1', 'm'), null);
      const message = { room: 'live:1', id: 'm:{1}', trace: 'trace-1' };
      const hops: TraceHop[] = [
        { hop: 'accepted', node: 'api@a 1', at: 1_700_000_000_000 },
        { hop: 'delivered', node: 'edge@a', at: 1_700_000_000_009, viewers: 0 },
        { hop: 'delivered', node: 'edge@b', at: 1_700_000_000_010, viewers: 502 },
        { hop: 'sequenced', node: 'relay@a', at: 1_700_000_000_006, offset: 17 },
      ];
      await bus.traces.add(hops.slice(0, 2).map((hop) => ({ ...message, ...hop })));
      await bus.traces.add([...hops.slice(2).map((hop) => ({ ...message, ...hop })), { ...message, room: 'live:2', hop: 'stored', node: 'x', at: 1 }]);
      const found = await bus.traces.find('live:1', 'm:{1}');
      assert.deepEqual([found?.trace, [...(found?.hops ?? [])].sort(byPlace)], ['trace-1', hops]);
      assert.deepEqual(await bus.traces.find('live:2', 'm:{1}'), { trace: 'trace-1', hops: [{ hop: 'stored', node: 'x', at: 1 }] });
      assert.equal(await bus.traces.find('live:1', 'm:{2}'), null);
    });

    test('a repeated hop of the same node is ignored, and so is a second trace id', async () => {
      const { bus } = await engine();
      const hop = { room: 'r', id: 'm', hop: 'sequenced', node: 'relay@a' } as const;
      await bus.traces.add([{ ...hop, trace: 'one', at: 1, offset: 1 }]);
      await bus.traces.add([{ ...hop, trace: 'two', at: 2, offset: 2 }]);
      assert.deepEqual(await bus.traces.find('r', 'm'), { trace: 'one', hops: [{ hop: 'sequenced', node: 'relay@a', at: 1, offset: 1 }] });
    });

    test('a hop without a trace id is stored only for a message that has a trace', async () => {
      const { bus } = await engine();
      const recalled = { room: 'r', id: 'm', hop: 'recalled', node: 'api@a', at: 5, trace: '' } as const;
      await bus.traces.add([recalled]);
      assert.equal(await bus.traces.find('r', 'm'), null);
      await bus.traces.add([{ room: 'r', id: 'm', hop: 'stored', node: 'api@a', at: 1, trace: 't' }]);
      await bus.traces.add([recalled]);
      assert.deepEqual(
        (await bus.traces.find('r', 'm'))?.hops.map(({ hop }) => hop),
        ['stored', 'recalled'],
      );
    });

    test('hops over the cap are dropped', async () => {
      const { bus } = await engine();
      const hop = (index: number) => ({ room: 'r', id: 'm', trace: 't', hop: 'delivered', node: `edge@${index}`, at: index, viewers: 1 }) as const;
      for (const start of [0, 100]) await bus.traces.add(Array.from({ length: 100 }, (_, index) => hop(start + index)));
      assert.equal((await bus.traces.find('r', 'm'))?.hops.length, traceHops);
      await bus.traces.add([]);
    });
  });
}
