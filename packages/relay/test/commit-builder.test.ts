// One batch becomes one commit: numbered from the heads, in lane order, with the bytes of the publications in the frame.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Heads, Lease, Pending } from '@danmux/bus';
import type { Lane, Msg } from '@danmux/protocol';
import { buildCommit } from '../src/commit-builder.ts';
import type { Batch, Taken } from '../src/room-queue.ts';

const lease: Lease = { name: 'shard:1', owner: 'me', token: 7 };
const heads: Heads = { epoch: 'e', offsets: { control: 4, gift: 10, chat: 0 } };
const pending = (lane: Lane, id: string): Pending => ({
  room: 'live:1',
  lane,
  id,
  body: `{"id":"${id}","data":"礼","ts":1}`,
  trace: `t-${id}`,
  entry: `e-${id}`,
});
const taken = (batch: Batch): Taken => ({ batch, dropped: [] });

test('each lane is numbered from its head, and the new heads are returned', () => {
  const built = buildCommit('live:1', taken({ gift: [pending('gift', 'g1'), pending('gift', 'g2')], chat: [pending('chat', 'c1')] }), heads, lease);
  assert.deepEqual(built.heads, { epoch: 'e', offsets: { control: 4, gift: 12, chat: 1 } });
  assert.deepEqual(heads.offsets, { control: 4, gift: 10, chat: 0 }, 'the heads it was given stay as they were');
  const { commit } = built;
  assert.deepEqual([commit.room, commit.lease, commit.expected], ['live:1', lease, heads]);
  assert.deepEqual(commit.messages, {
    gift: ['{"lane":"gift","offset":11,"id":"g1","data":"礼","ts":1}', '{"lane":"gift","offset":12,"id":"g2","data":"礼","ts":1}'],
    chat: ['{"lane":"chat","offset":1,"id":"c1","data":"礼","ts":1}'],
  });
  assert.deepEqual(commit.entries, { gift: ['e-g1', 'e-g2'], chat: ['e-c1'] });
  assert.deepEqual(commit.counts, { sequenced: { gift: 2, chat: 1 } });
});

test('the frame has every message once, in lane order, whatever the order of the batch', () => {
  const batch = { ambient: [pending('ambient', 'a')], chat: [pending('chat', 'c')], gift: [pending('gift', 'g')], control: [pending('control', 'n')] };
  const { frame } = buildCommit('live:1', taken(batch), heads, lease).commit;
  const payload = JSON.parse(frame?.payload ?? '') as { room: string; msgs: Msg[] };
  assert.equal(payload.room, 'live:1');
  assert.deepEqual(
    payload.msgs.map(({ id, lane, offset }) => [id, lane, offset]),
    [
      ['n', 'control', 5],
      ['g', 'gift', 11],
      ['c', 'chat', 1],
      ['a', 'ambient', undefined],
    ],
  );
});

test('the head names ranges of stream lanes, counts of all, and the traces of control and gift', () => {
  const batch = { control: [pending('control', 'n')], chat: [pending('chat', 'c1'), pending('chat', 'c2')], ambient: [pending('ambient', 'a')] };
  const head = buildCommit('live:1', taken(batch), heads, lease).commit.frame?.head;
  assert.deepEqual(head, {
    room: 'live:1',
    epoch: 'e',
    ranges: { control: [5, 5], chat: [1, 2] },
    counts: { control: 1, chat: 2, ambient: 1 },
    characters: { control: 56, chat: 109, ambient: 45 },
    traces: [['n', 't-n']],
  });
});

test('chat is traced when its publisher asked for it, or for receipts', () => {
  const chat = [
    pending('chat', 'plain'),
    { ...pending('chat', 'asked'), marks: { traced: true } as const },
    { ...pending('chat', 'receipt'), marks: { receipt: true } as const },
  ];
  const head = buildCommit('live:1', taken({ gift: [pending('gift', 'g')], chat }), heads, lease).commit.frame?.head;
  assert.deepEqual(
    head?.traces.map(([id]) => id),
    ['g', 'asked', 'receipt'],
  );
});

test('ambient messages have no offset, no stream and leave the ingress', () => {
  const { commit, heads: after } = buildCommit('live:1', taken({ ambient: [pending('ambient', 'a')] }), heads, lease);
  assert.deepEqual(commit.messages, {});
  assert.deepEqual(commit.entries, { ambient: ['e-a'] });
  assert.deepEqual(commit.frame?.head.ranges, {});
  assert.deepEqual(after, heads);
});

test('an empty lane of a batch is not in the commit', () => {
  const { commit } = buildCommit('live:1', taken({ gift: [], chat: [pending('chat', 'c')] }), heads, lease);
  assert.deepEqual(Object.keys(commit.entries), ['chat']);
  assert.deepEqual(commit.frame?.head.counts, { chat: 1 });
});

test('shed messages leave the ingress, are counted, and go to their senders alone; merged ones are only counted', () => {
  const said = { ...pending('chat', 'c2'), weight: { sender: 'ann', rank: 0, content: 1 } };
  const dropped = [
    { lane: 'chat', reason: 'budget', publications: [said] },
    { lane: 'ambient', reason: 'merged', publications: [pending('ambient', 'a')] },
  ] as const;
  const { commit, heads: after } = buildCommit('live:1', { batch: { chat: [pending('chat', 'c1')] }, dropped, shed: { chat: 7 } }, heads, lease);
  assert.deepEqual(commit.entries, { chat: ['e-c1', 'e-c2'], ambient: ['e-a'] });
  assert.deepEqual(commit.counts, { sequenced: { chat: 1 }, shed: { chat: { budget: 1 }, ambient: { merged: 1 } } });
  assert.deepEqual(commit.frame?.head.shed, { chat: 7 });
  assert.deepEqual(commit.frame?.head.senderOnly, [['ann', '{"lane":"chat","id":"c2","data":"礼","ts":1}']]);
  assert.equal(after.offsets.chat, 1, 'what nobody gets has no offset');
});

test('no frame is published when everything is shed and no sender is known', () => {
  const dropped = [{ lane: 'chat', reason: 'budget', publications: [pending('chat', 'c')] }] as const;
  const { commit } = buildCommit('live:1', { batch: {}, dropped }, heads, lease);
  assert.equal(commit.frame, null);
  assert.deepEqual(commit.entries, { chat: ['e-c'] });
});

test('the head lists messages with receipts and recalled ones, in the order of the payload', () => {
  const batch = {
    chat: [{ ...pending('chat', 'c'), marks: { receipt: true, expires_at: 5 } as const }],
    gift: [{ ...pending('gift', 'g'), marks: { receipt: true } as const }, pending('gift', 'h')],
    control: [
      { ...pending('control', 'n'), marks: { recalls: 'x "1"' } },
      { ...pending('control', 'm'), marks: { recalls: '', receipt: true } as const },
    ],
  };
  const head = buildCommit('live:1', taken(batch), heads, lease).commit.frame?.head;
  assert.deepEqual(
    [head?.receipts, head?.recalls],
    [
      ['m', 'g', 'c'],
      ['x "1"', ''],
    ],
  );
  assert.equal('to' in (head ?? {}), false);
  const plain = buildCommit('live:1', taken({ gift: [pending('gift', 'g')] }), heads, lease).commit.frame?.head;
  assert.deepEqual(['receipts' in (plain ?? {}), 'recalls' in (plain ?? {})], [false, false]);
});

test('in a room of users the head lists the addressee of each message, in the order of the payload', () => {
  const to = (lane: Lane, id: string, user?: string): Pending => ({ ...pending(lane, id), ...(user === undefined ? {} : { marks: { to: user } }) });
  const batch = { chat: [to('chat', 'c', 'ann'), to('chat', 'd')], control: [to('control', 'n', 'bob 弹幕')] };
  const { frame } = buildCommit('@3', taken(batch), heads, lease).commit;
  assert.deepEqual(frame?.head.to, ['bob 弹幕', 'ann', '']);
  assert.deepEqual(
    (JSON.parse(frame?.payload ?? '') as { msgs: Msg[] }).msgs.map(({ id }) => id),
    ['n', 'c', 'd'],
  );
});

test('the commit has events of every lane when the event log has a consumer, otherwise none', () => {
  const batch = { gift: [pending('gift', 'g1'), pending('gift', 'g2')], chat: [pending('chat', 'c')] };
  const { commit } = buildCommit('live:1', taken(batch), heads, lease, 1_700);
  const events = (commit.events ?? []).map((text) => JSON.parse(text) as { id: string; ts: number; data: { messages: Msg[] } });
  assert.deepEqual(
    events.map(({ id, ts }) => [id, ts]),
    [
      ['evt_e_gift_11', 1_700],
      ['evt_e_chat_1', 1_700],
    ],
  );
  assert.deepEqual(
    events.flatMap(({ data }) => data.messages),
    (JSON.parse(commit.frame?.payload ?? '') as { msgs: Msg[] }).msgs,
  );
  assert.equal('events' in buildCommit('live:1', taken(batch), heads, lease).commit, false);
  assert.equal('events' in buildCommit('@1', taken(batch), heads, lease, 1_700).commit, false);
});

test('several reasons of a lane, and several parts of one reason, all count', () => {
  const dropped = [
    { lane: 'chat', reason: 'recalled', publications: [pending('chat', 'a')] },
    { lane: 'chat', reason: 'expired', publications: [pending('chat', 'b'), pending('chat', 'c')] },
    { lane: 'chat', reason: 'recalled', publications: [pending('chat', 'd')] },
  ] as const;
  const { commit } = buildCommit('live:1', { batch: {}, dropped }, heads, lease);
  assert.deepEqual([commit.counts.shed, commit.entries, commit.frame], [{ chat: { recalled: 2, expired: 2 } }, { chat: ['e-a', 'e-b', 'e-c', 'e-d'] }, null]);
});
