// No message to a viewer exceeds `edge.frame_bytes`: replies of joins, histories and members, live frames, replays and long-polling
// answers. Only a single larger message does. Through a real edge, with clients that close the connection on a larger message.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, test } from 'node:test';
import { acceptPublication } from '@danmux/bus';
import { messageTypes, personalRoom } from '@danmux/protocol';
import { type EdgeFixture, room, startEdge } from '@danmux/testkit/edge-fixture';
import { eventually, ownerOf } from '@danmux/testkit/unit';
import { BareViewer } from './bare-viewer.ts';

const limit = 32_768;
let fixture: EdgeFixture | undefined;
let viewers: BareViewer[] = [];
afterEach(async () => {
  for (const { socket } of viewers) socket.terminate();
  viewers = [];
  fixture = undefined;
});
const owner = ownerOf(afterEach);

async function open(set: Readonly<Record<string, unknown>> = {}): Promise<EdgeFixture> {
  fixture = await startEdge(owner, { shedding: 'off', ...set });
  return fixture;
}
async function connect(user: string, claims: object = {}): Promise<BareViewer> {
  const viewer = await BareViewer.connect(fixture ?? assert.fail('no edge'), user, limit, claims);
  viewers.push(viewer);
  return viewer;
}

const names = (prefix: string, from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `${prefix}${from + index}`);

/** Publishes all at once, so that the relay puts them into few frames. */
async function publish(ids: readonly string[], type = 'gift', bytes = 1_500): Promise<void> {
  const { bus, runtime } = fixture ?? assert.fail('no edge');
  const incoming = ids.map((id) => ({ room, type, id, data: { gift: id, text: '礼'.repeat(bytes / 3) } }));
  const { types } = runtime.config.messages;
  const receipts = await bus.ingress.publish(incoming.map((one) => acceptPublication(one, { types, maxData: 100_000, now: Date.now() })));
  assert.ok(!receipts.some((receipt) => receipt instanceof Error), 'all are accepted');
}
async function stored(ids: readonly string[], type: 'gift' | 'chat' = 'gift', bytes?: number): Promise<void> {
  const { bus } = fixture ?? assert.fail('no edge');
  const before = (await bus.streams.heads(room)).offsets[type];
  await publish(ids, type, bytes);
  await eventually(async () => assert.equal((await bus.streams.heads(room)).offsets[type], before + ids.length));
}

test('a join of 450 KB is a reply and frames within 32 KiB, then live messages, and a viewer cut off in between misses none', async () => {
  await open();
  const ann = await connect('ann');
  const { positions } = await ann.join();
  ann.socket.terminate();
  await stored(names('g', 1, 300));
  const bob = await connect('bob');
  const reply = await bob.join({ positions });
  await publish(['live']);
  await eventually(() => assert.equal(bob.ids.length, 301, `closed by ${bob.closedBy}`));
  assert.deepEqual(bob.ids, [...names('g', 1, 300), 'live']);
  assert.ok(bob.largest <= limit, `${bob.largest} bytes`);
  assert.deepEqual([reply.recovered.gift, reply.following], [true, 300 - reply.msgs.length]);
  assert.equal(reply.positions.gift?.offset, reply.msgs.length, 'the positions are those after the messages of the reply');
  // Cut off after the reply: the rest comes by position.
  const eve = await connect('eve');
  eve.socket.terminate();
  const again = await connect('eve');
  await again.join({ positions: reply.positions });
  await eventually(() => assert.equal(again.ids.length, 301 - reply.msgs.length));
  assert.deepEqual([...names('g', 1, reply.msgs.length), ...again.ids], [...names('g', 1, 300), 'live']);
});

test('a join without positions, of gifts and chat with the largest history, keeps the order of the lanes', async () => {
  await open();
  await stored(names('c', 1, 150), 'chat');
  await stored(names('g', 1, 120));
  const ann = await connect('ann');
  const reply = await ann.join({ history: 200 });
  await eventually(() => assert.equal(ann.ids.length, 200));
  assert.deepEqual(ann.ids, [...names('g', 21, 120), ...names('c', 51, 150)]);
  assert.deepEqual(ann.positions, (await ann.join({ positions: ann.positions })).positions, 'in the end the positions are the heads');
  assert.ok((reply.following ?? 0) > 150 && ann.largest <= limit, `${reply.following} follow, ${ann.largest} bytes`);
});

test('live frames of a burst, to a viewer who keeps up and to one who joined in between', async () => {
  await open({ 'relay.tick_ms': 200 });
  const ann = await connect('ann');
  await ann.join();
  await publish(names('g', 1, 200));
  const bob = await connect('bob');
  await bob.join({ history: 0 });
  await publish(names('h', 1, 200));
  await eventually(() => assert.equal(ann.ids.length, 400, `closed by ${ann.closedBy}`));
  await eventually(() => assert.equal(bob.ids.at(-1), 'h200'));
  assert.ok(ann.largest <= limit && bob.largest <= limit, `${ann.largest} and ${bob.largest} bytes`);
});

test('only a message that is larger itself exceeds the limit, and it is alone in its frame', async () => {
  await open({ 'edge.frame_bytes': 4_096 });
  const ann = await connect('ann');
  await ann.join();
  await publish(['a', 'b'], 'gift', 300);
  await publish(['large'], 'gift', 9_000);
  await publish(['c', 'd'], 'gift', 300);
  const bob = await connect('bob');
  await eventually(async () => assert.equal((await fixture?.bus.streams.heads(room))?.offsets.gift, 5));
  const reply = await bob.join();
  for (const viewer of [ann, bob]) {
    await eventually(() => assert.deepEqual(viewer.ids, ['a', 'b', 'large', 'c', 'd']));
    assert.equal(viewer.sizes.filter((size) => size > 4_096).length, 1, `sizes: ${viewer.sizes}`);
  }
  assert.deepEqual([reply.msgs.map(({ id }) => id), reply.following], [['a', 'b'], 3]);
});

test('a history page is smaller and says that there is more; the pages together have every message', async () => {
  await open();
  await stored(names('c', 1, 100), 'chat');
  const ann = await connect('ann');
  await ann.join({ history: 0 });
  const got: string[] = [];
  for (let before: number | undefined; ; ) {
    const { msgs, more } = await ann.ask('history', { room, limit: 100, ...(before === undefined ? {} : { before }) });
    assert.ok(msgs.length > 0, 'no page is empty');
    got.unshift(...msgs.map(({ id }) => id));
    before = msgs[0]?.offset;
    assert.equal(more, before !== 1);
    if (!more) break;
  }
  assert.deepEqual(got, names('c', 1, 100));
  assert.ok(ann.largest <= limit, `${ann.largest} bytes`);
});

test('a page of members is smaller too, and its cursor leads on', async () => {
  await open({ 'edge.frame_bytes': 4_096 });
  const users = names('user', 1, 20);
  for (const user of users) await (await connect(user, { name: '名'.repeat(300) })).join({ history: 0 });
  const [first] = viewers;
  const page = async (cursor: string | null) => (first ?? assert.fail('nobody')).ask('members', { room, limit: 100, ...(cursor === null ? {} : { cursor }) });
  // The list of members is cached for a moment.
  await eventually(async () => {
    const got: string[] = [];
    let cursor: string | null = null;
    do {
      const { members, cursor: next } = await page(cursor);
      got.push(...members.map(({ id }) => id));
      cursor = next;
    } while (cursor !== null);
    assert.deepEqual(got.sort(), [...users].sort());
  });
  assert.ok((first?.largest ?? 0) <= 4_096, `${first?.largest} bytes`);
});

test('a long-polling answer has at most as many bytes, whatever waits', async () => {
  const { url, token } = await open();
  await stored(names('g', 1, 100));
  const address = `${url}/socket.io/?EIO=4&transport=polling`;
  const read = async (from: string) => {
    const text = await (await fetch(from)).text();
    assert.ok(Buffer.byteLength(text) <= limit, `${Buffer.byteLength(text)} bytes`);
    return text.split('\x1e');
  };
  const [opened = ''] = await read(address);
  const mine = `${address}&sid=${(JSON.parse(opened.slice(1)) as { sid: string }).sid}`;
  const post = async (body: string) => assert.equal(await (await fetch(mine, { method: 'POST', body })).text(), 'ok');
  await post(`40${JSON.stringify({ token: await token('ann') })}`);
  await read(mine);
  await post(`421${JSON.stringify(['join', { room, history: 200 }])}`);
  const ids: string[] = [];
  while (ids.length < 100) for (const packet of await read(mine)) for (const [, id] of packet.matchAll(/"id":"(g\d+)"/g)) ids.push(id ?? '');
  assert.deepEqual(ids, names('g', 1, 100));
});

test('personal messages that were missed come in a reply and frames as well', async () => {
  const { pushToUser } = await open({ 'edge.frame_bytes': 4_096 });
  const ann = await connect('ann');
  const { positions } = await ann.ask('join', { room: personalRoom });
  ann.socket.terminate();
  await once(ann.socket, 'close');
  const ids = names('p', 1, 100);
  for (const id of ids) await pushToUser('ann', 'gift', id);
  const back = await connect('ann');
  await back.ask('join', { room: personalRoom, positions });
  await eventually(() => assert.deepEqual(back.ids, ids));
  assert.ok(back.largest <= 4_096, `${back.largest} bytes`);
});

test('a viewer that reads slowly gets 6 MB of missed messages without being closed as slow', async () => {
  await open({ 'edge.outbox_bytes': 65_536 });
  const ann = await connect('ann');
  const { positions } = await ann.join();
  ann.socket.terminate();
  await stored(names('g', 1, 200), 'gift', 30_000);
  const bob = await connect('bob');
  // Reads a little at a time.
  const reading = setInterval(() => (bob.socket.isPaused ? bob.socket.resume() : bob.socket.pause()), 5);
  try {
    const reply = await bob.join({ positions });
    assert.ok((reply.following ?? 0) > 190, `${reply.following} follow`);
    await eventually(() => assert.equal(bob.ids.length, 200, `closed by ${bob.closedBy}`), { timeoutMs: 20_000 });
  } finally {
    clearInterval(reading);
  }
  assert.deepEqual([bob.ids, bob.closedBy], [names('g', 1, 200), 0]);
});

test('a message that is recalled while the rest follows is a tombstone', async () => {
  const { bus } = await open();
  const ann = await connect('ann');
  const { positions } = await ann.join();
  ann.socket.terminate();
  await stored(names('g', 1, 300), 'gift', 30_000);
  const bob = await connect('bob');
  await bob.join({ positions });
  // What he does not read cannot be written to him, so the last gift is recalled while it waits.
  bob.socket.pause();
  const recall = { room, type: 'recall', data: { id: 'g300' }, id: 'r1', marks: { recalls: 'g300' } };
  await bus.ingress.publish([acceptPublication(recall, { types: messageTypes, maxData: 1_000, now: Date.now() })]);
  await eventually(async () => assert.equal((await bus.streams.heads(room)).offsets.control, 1));
  bob.socket.resume();
  await eventually(() => assert.equal(bob.ids.at(-1), 'r1', `closed by ${bob.closedBy}`), { timeoutMs: 20_000 });
  assert.deepEqual([bob.ids, bob.types.get('g299'), bob.types.get('g300')], [[...names('g', 1, 300), 'r1'], 'gift', 'recalled']);
});
