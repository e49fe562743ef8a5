// Tests of PassedIds: messages and combo parts delivered before a new epoch are removed from a frame; the rest stays the same byte for byte.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BusFrame, bodyOfParts } from '@danmux/bus';
import type { Msg } from '@danmux/protocol';
import { PassedIds } from '../../src/feed/passed-ids.ts';
import { ReplayBuffer } from '../../src/feed/replay-buffer.ts';

let now = 1_000;
const passed = (...ids: string[]) => {
  const made = new PassedIds({ now: () => now });
  made.add(ids.map((id) => [id, { epoch: 'e0', offset: 1, at: now, until: now + 100 }]));
  return made;
};
const body = (id: string, data: string) => `{"id":"${id}","type":"gift","data":${data},"ts":1}`;
const numbered = (lane: string, offset: number | undefined, text: string) =>
  `{"lane":"${lane}"${offset === undefined ? '' : `,"offset":${offset}`},${text.slice(1)}`;

function frame(msgs: readonly string[], head: Partial<BusFrame['head']> = {}): BusFrame {
  return {
    head: { room: 'r', epoch: 'e', ranges: { gift: [1, msgs.length] }, counts: { gift: msgs.length }, characters: {}, traces: [], ...head },
    payload: `{"room":"r","msgs":[${msgs.join(',')}]}`,
  };
}

test('a frame with nothing of it is the same one, as is every frame once it is forgotten', () => {
  const ids = passed('a');
  const other = frame([numbered('gift', 1, body('b', '1'))]);
  assert.equal(ids.without(other).frame, other);
  const same = frame([numbered('gift', 1, body('a', '1'))]);
  assert.notEqual(ids.without(same).frame, same);
  now += 100;
  assert.equal(ids.without(same).frame, same);
  ids.forget();
  assert.equal(ids.size, 0);
});

test('counts and characters of two lanes are adjusted, and ambient messages stay', () => {
  const chat = numbered('chat', 7, body('c', '{"n":9007199254740993}'));
  const like = numbered('ambient', undefined, body('a', '1'));
  const { frame: reduced, repeated } = passed('a', 'g').without(
    frame([numbered('gift', 1, body('g', '1')), chat, like], { ranges: { gift: [1, 1], chat: [7, 7] }, counts: { gift: 1, chat: 1, ambient: 1 } }),
  );
  assert.equal(reduced.payload, `{"room":"r","msgs":[${chat},${like}]}`);
  assert.deepEqual(reduced.head.counts, { chat: 1, ambient: 1 });
  assert.deepEqual(reduced.head.characters, { chat: chat.length, ambient: like.length });
  assert.deepEqual(reduced.head.ranges, { gift: [1, 1], chat: [7, 7] });
  assert.deepEqual(
    repeated.map(({ lane, before }) => [lane, before.epoch, before.offset]),
    [['gift', 'e0', 1]],
  );
});

test('in a room that users share an id is one message to each user, and the addressees follow', () => {
  const to = (offset: number, user: string, id: string) => numbered('gift', offset, `{"id":"${id}","type":"gift","data":1,"to":"${user}","ts":1}`);
  const replay = new ReplayBuffer();
  replay.push(frame([to(1, 'ann', 'm')], { to: ['ann'] }), now);
  const ids = new PassedIds({ now: () => now });
  ids.add(replay.ids());
  const { frame: shown } = ids.without(frame([to(1, 'bob', 'm'), to(2, 'ann', 'm'), to(3, 'ann', 'n')], { to: ['bob', 'ann', 'ann'] }));
  assert.deepEqual([shown.head.to, shown.payload], [['bob', 'ann'], `{"room":"r","msgs":[${to(1, 'bob', 'm')},${to(3, 'ann', 'n')}]}`]);
});

test('a combo that was put together anew keeps the parts that were not shown, and their sum', () => {
  const one = (id: string) => body(id, '{"count":10}');
  const replay = new ReplayBuffer();
  replay.push(frame([numbered('gift', 1, bodyOfParts([one('g1'), one('g2')]))]), now);
  const ids = new PassedIds({ now: () => now });
  ids.add(replay.ids());
  const { frame: again } = ids.without(frame([numbered('gift', 1, bodyOfParts([one('g2'), one('g3'), one('g4')])), numbered('gift', 2, one('g1'))]));
  const { msgs } = JSON.parse(again.payload) as { msgs: { id: string; parts: { id: string }[]; data: { count: number } }[] };
  assert.deepEqual(
    msgs.map(({ id, parts, data }) => [id, parts.map((part) => part.id), data.count]),
    [['g4', ['g3', 'g4'], 20]],
  );
});

test('a viewer that reconnects does not get messages it has; it gets tombstones and messages that others have', () => {
  const ids = passed('a', 'p', 'gone');
  const had = (_lane: string, { offset }: { offset: number }) => offset <= 1;
  const text = (id: string) => numbered('gift', 7, body(id, '1'));
  const combo = numbered('gift', 8, bodyOfParts([body('p', '{"count":2}'), body('q', '{"count":3}')]));
  const msgs = [...['a', 'b'].map(text), combo, text('gone').replace('"gift","data"', '"recalled","data"')].map((msg) => JSON.parse(msg) as Msg);
  const left = ids.withoutSeen(msgs, had);
  assert.deepEqual(
    left.map(({ id, parts, data }) => [id, parts, data]),
    [
      ['b', undefined, 1],
      [msgs[2]?.id, [{ id: 'q', count: 3 }], { count: 3 }],
      ['gone', undefined, 1],
    ],
  );
  assert.equal(ids.withoutSeen(msgs, () => false).length, 4);
  assert.equal(passed().withoutSeen(msgs, had), msgs);
});
