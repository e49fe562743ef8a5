// Publishes through every entry point of a process that runs all roles: the metric of accepted messages equals the ledger of the bus,
// also with duplicates.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Lane, laneNames } from '@danmux/protocol';
import { composeNode, type Node, roleNames } from 'danmux';
import { eventually, TestViewer, testSecrets, testToken } from '../src/index.ts';
import { testConfig, testKey } from '../src/unit.ts';

const room = 'live:doors';
let node: Node;
let viewer: TestViewer;
let api: string;

before(async () => {
  const config = testConfig({
    'viewer.token_secret': testSecrets.DANMUX_TOKEN_SECRET,
    'api.demo': true,
    'edge.port': 0,
    'api.port': 0,
    shards: 2,
  });
  node = composeNode(config, roleNames);
  for (const part of node.parts) await part.start();
  const { edge = '', api: host = '' } = node.addresses();
  api = `http://${host}`;
  viewer = new TestViewer({ urls: [`http://${edge}`], room, token: await testToken('ann') });
  await viewer.joined();
});
after(async () => {
  viewer?.close();
  const parts = [...(node?.parts ?? [])].reverse();
  for (const part of parts) await part.drain?.();
  for (const part of parts) await part.stop();
});

async function ask(method: string, path: string, body: object): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' };
  const response = await fetch(`${api}${path}`, { method, headers, body: JSON.stringify(body) });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return text === '' ? {} : JSON.parse(text);
}

async function send(text: string, cid: string): Promise<void> {
  const reply = await viewer.send('chat', { text }, cid);
  assert.ok(reply.ok, JSON.stringify(reply));
}

/** danmux_accepted_total by lane, for one source or all. */
async function counted(source?: string): Promise<Record<Lane, number>> {
  const { values } = await node.runtime.metrics.accepted.get();
  const rows = values.filter(({ labels }) => source === undefined || labels['source'] === source);
  return Object.fromEntries(laneNames.map((lane) => [lane, sum(rows.filter(({ labels }) => labels['lane'] === lane).map(({ value }) => value))])) as never;
}
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const total = (lanes: Readonly<Record<Lane, number>>) => sum(Object.values(lanes));

/** Publishes, then waits until the counter of `source` has grown by the expected number and equals the ledger. */
async function door(source: 'edge' | 'api' | 'worker', messages: number, use: () => Promise<unknown>): Promise<void> {
  const before = await counted(source);
  await use();
  await eventually(async () => {
    assert.equal(total(await counted(source)), total(before) + messages);
    assert.deepEqual(await counted(), (await node.bus.ledger.totals()).accepted);
  });
}

test('a message of a viewer and its duplicate', () =>
  door('edge', 1, async () => {
    await send('hi', 'c-1');
    await send('hi', 'c-1');
  }));

test('a message of a backend and its duplicate, and a batch', () =>
  door('api', 3, async () => {
    for (const _ of [1, 2]) await ask('POST', `/v1/rooms/${room}/messages`, { type: 'gift', data: 1, id: 'order-1' });
    const two = { messages: [1, 2].map((data) => ({ room, type: 'notice', data })) };
    await ask('POST', '/v1/messages/batch', two);
  }));

test('a message to a user', () => door('api', 1, () => ask('POST', '/v1/users/ann/messages', { type: 'notice', data: 'for you' })));

test("danmux's own messages: a recall and the state of a room", () =>
  door('api', 2, async () => {
    await ask('DELETE', `/v1/rooms/${room}/messages/order-1`, {});
    await ask('PATCH', `/v1/rooms/${room}`, { modes: { chat_per_second: 50 } });
  }));

test('a gift from the demo page', () =>
  door('api', 1, async () => {
    const { token } = await ask('POST', '/demo/token', { room });
    await ask('POST', '/demo/gift', { token, room, gift: 'rose', name: 'Rose', count: 2 });
  }));

test('a held message approved by a moderator, also twice', () =>
  door('api', 1, async () => {
    await ask('PUT', '/v1/words/ads', { words: ['buy now'], action: 'hold' });
    const reviews = async () =>
      (await (await fetch(`${api}/v1/reviews`, { headers: { authorization: `Bearer ${testKey}` } })).json()).reviews as { id: string }[];
    const held = await eventually(async () => {
      await send('buy now', `c-${Math.random()}`);
      const [review] = await reviews();
      assert.ok(review, 'nothing is held yet');
      return review;
    });
    await ask('POST', `/v1/reviews/${held.id}/approve`, {});
  }));

test('a broadcast to two rooms', () =>
  door('worker', 2, () => ask('POST', '/v1/broadcasts', { rooms: [room, 'live:other'], type: 'notice', data: 1, id: 'news' })));

test('a delayed message', () => door('worker', 1, () => ask('POST', `/v1/rooms/${room}/messages`, { type: 'gift', data: 1, id: 'later', delay_ms: 50 })));
