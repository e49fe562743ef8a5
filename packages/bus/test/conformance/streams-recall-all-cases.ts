// Bulk recalls: all messages of a user or of the room up to the positions become tombstones, and later ones stay.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { From, Msg, RecallScope } from '@danmux/protocol';
import { acceptPublication } from '../../src/accept.ts';
import { recallPositions } from '../../src/message/recall-text.ts';
import { commitOf, type Engine, type MakeEngine, owned } from './case-kit.ts';

const room = 'live:1';
const lanes = { gift: 'gift', chat: 'chat', notice: 'control', recall: 'control' } as const;
type Type = keyof typeof lanes;

export function recallAllCases(engine: MakeEngine): void {
  describe('recall of all messages', () => {
    /** Commits one message each; `ids` names them in order. */
    const append = async (made: Engine, type: Type, ids: readonly string[], from?: From, where = room) => {
      const { bus, config } = made;
      const lease = await owned(bus, where, config);
      const rules = { types: config.messages.types, maxData: 1_000, now: 1_700_000_000_000 };
      for (let start = 0; start < ids.length; start += 100) {
        const part = ids.slice(start, start + 100);
        const results = await bus.ingress.publish(
          part.map((id) => acceptPublication({ room: where, type, data: { n: id }, id, ...(from ? { from } : {}) }, rules)),
        );
        assert.ok(
          results.every((result) => !(result instanceof Error)),
          JSON.stringify(results),
        );
        assert.deepEqual(await bus.streams.commit(await commitOf(made, where, lanes[type], lease)), { ok: true });
      }
    };
    const recallNow = async ({ bus }: Engine, scope: RecallScope, ts: number, where = room) =>
      bus.streams.recallAll(where, { scope, positions: recallPositions(scope, await bus.streams.heads(where)), ts });
    /** `t3` for a tombstone, `3` for a message. */
    const shape = async ({ bus }: Engine, lane: 'control' | 'gift' | 'chat', where = room) =>
      (await bus.streams.since(where, lane, 0, 10_000, 10_000)).map((text) => {
        const { type, offset } = JSON.parse(text) as Msg;
        return type === 'recalled' ? `t${offset}` : String(offset);
      });

    test("a user's messages of all lanes become tombstones; others and later ones stay", async () => {
      const made = await engine();
      await append(made, 'chat', ['a1'], { id: 'ann' });
      await append(made, 'chat', ['b1'], { id: 'bob', name: 'ann', note: '"from":{"id":"ann"}' });
      await append(made, 'chat', ['a2'], { name: 'x', id: 'ann' });
      await append(made, 'gift', ['g1', 'g2'], { id: 'ann', level: 3 });
      await append(made, 'notice', ['n1'], { id: 'ann' });
      await append(made, 'notice', ['n2']);
      await append(made, 'recall', ['r1'], { id: 'ann' });
      assert.deepEqual(await recallNow(made, { user: 'ann' }, 5), { count: 5 });
      await append(made, 'chat', ['a3'], { id: 'ann' });
      assert.deepEqual(await shape(made, 'chat'), ['t1', '2', 't3', '4']);
      assert.deepEqual(await shape(made, 'gift'), ['t1', 't2']);
      assert.deepEqual(await shape(made, 'control'), ['t1', '2', '3']);
      const page = await made.bus.streams.history(room, 'chat', undefined, 10);
      assert.deepEqual(
        page.msgs.map((text) => (JSON.parse(text) as Msg).id),
        ['a1', 'b1', 'a2', 'a3'],
        'tombstones keep their ids',
      );
      assert.deepEqual((await made.bus.streams.heads(room)).offsets, { control: 3, gift: 2, chat: 4 });
    });

    test('clearing a room replaces chat and gifts, and leaves control messages', async () => {
      const made = await engine();
      const ids = Array.from({ length: 620 }, (_, index) => `g${index}`);
      await append(made, 'gift', ids, { id: 'ann' });
      await append(made, 'chat', ['c1']);
      await append(made, 'notice', ['n1']);
      assert.deepEqual(await recallNow(made, { all: true }, 5), { count: 621 });
      assert.deepEqual(
        await shape(made, 'gift'),
        ids.map((_, index) => `t${index + 1}`),
      );
      assert.deepEqual([await shape(made, 'chat'), await shape(made, 'control')], [['t1'], ['1']]);
      assert.deepEqual(await recallNow(made, { all: true }, 6), { count: 0 }, 'a repeat replaces nothing');
      await append(made, 'gift', ['later']);
      assert.equal((await shape(made, 'gift')).at(-1), '621');
    });

    test('positions below the heads leave later messages, and a room without messages is recalled too', async () => {
      const made = await engine();
      await append(made, 'chat', ['a1', 'a2', 'a3'], { id: 'ann' });
      const { epoch } = await made.bus.streams.heads(room);
      const positions = { chat: { epoch, offset: 2 } };
      assert.deepEqual(await made.bus.streams.recallAll(room, { scope: { user: 'ann' }, positions, ts: 5 }), { count: 2 });
      assert.deepEqual(await shape(made, 'chat'), ['t1', 't2', '3']);
      assert.deepEqual(await recallNow(made, { user: 'ann' }, 5, 'empty'), { count: 0 });
    });

    test('recalled names bulk recalls with the latest time, besides single ids', async () => {
      const { bus } = await engine();
      const at = Date.now();
      await recallNow({ bus } as Engine, { user: '小明 "x"\\' }, at);
      await recallNow({ bus } as Engine, { user: '小明 "x"\\' }, at - 50);
      await recallNow({ bus } as Engine, { all: true }, at + 1);
      await bus.streams.recall(room, 'm1');
      const { ids, bulk } = await bus.streams.recalled(room);
      assert.deepEqual(ids, ['m1']);
      assert.deepEqual(
        [...bulk].sort((a, b) => a.at - b.at),
        [
          { scope: { user: '小明 "x"\\' }, at },
          { scope: { all: true }, at: at + 1 },
        ],
      );
      assert.deepEqual(await bus.streams.recalled('live:2'), { ids: [], bulk: [] });
    });

    test('rooms lists every room with a stream once, without user rooms', async () => {
      const made = await engine();
      const names = ['live:1', 'a:chat', 'b:gift:chat', 'room:x'];
      for (const name of names) await append(made, 'chat', [`c ${name}`], undefined, name);
      await append(made, 'gift', ['g'], undefined, 'live:1');
      await append(made, 'notice', ['own'], undefined, '@3');
      await made.bus.streams.heads('no-messages');
      assert.deepEqual([...(await made.bus.streams.rooms())].sort(), [...names].sort());
    });
  });
}
