// The client against real edges: join, send, receive, reconnect, move on drain, and stop on fatal errors.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DanmuxError, type Gap, type Msg } from '@danmux/protocol';
import { room } from '@danmux/testkit/edge-fixture';
import { eventually, gated } from '@danmux/testkit/unit';
import { type Client, type ClientOptions, createClient, type Room } from '../../src/index.ts';
import { closesAfter, openEdge } from './opened.ts';

interface Watching {
  readonly client: Client;
  readonly room: Room;
  readonly msgs: Msg[];
  readonly gaps: Gap[];
  ids(): string[];
}

async function watch(options: ClientOptions, history?: number): Promise<Watching> {
  const client = createClient(options);
  closesAfter(client);
  const joined = client.join(room, history === undefined ? {} : { history });
  const msgs: Msg[] = [];
  const gaps: Gap[] = [];
  joined.on('message', (msg) => msgs.push(msg));
  joined.on('gap', (gap) => gaps.push(gap));
  await eventually(() => assert.equal(joined.joined, true));
  return { client, room: joined, msgs, gaps, ids: () => msgs.map(({ id }) => id) };
}

test('a client joins, sends, receives, counts, lists members, reads history and leaves', async () => {
  const { url, token, push } = await openEdge();
  const ann = await watch({ url, token: await token('ann', { name: 'Ann' }) });
  const { id } = await ann.room.send('chat', { text: '你好' });
  await push('gift', 'g1');
  await eventually(() => assert.deepEqual(ann.ids().sort(), [id, 'g1'].sort()));
  assert.equal(ann.msgs.find((msg) => msg.id === id)?.from?.name, 'Ann');
  await eventually(() => assert.equal(ann.room.online, 1));
  assert.deepEqual(
    (await ann.room.history({ lane: 'gift' })).msgs.map((msg) => msg.id),
    ['g1'],
  );
  const members = [{ id: 'ann', name: 'Ann' }];
  assert.deepEqual(await ann.room.members({ limit: 1 }), { online: 1, users: 1, members, cursor: null, complete: true });
  await assert.rejects(ann.room.members({ cursor: 'made-up' }), { code: 'invalid_request' });
  await ann.room.leave();
  await assert.rejects(ann.room.send('chat', 'x'), { code: 'unavailable' });
});

test('history is delivered before live messages, each message once', async () => {
  const { url, token, push, bus } = await openEdge();
  for (const id of ['c1', 'c2', 'c3']) await push('chat', id);
  await eventually(async () => assert.equal((await bus.streams.heads(room)).offsets.chat, 3));
  const ann = await watch({ url, token: await token('ann') }, 2);
  assert.deepEqual(ann.ids(), ['c2', 'c3']);
  await push('chat', 'c4');
  await eventually(() => assert.deepEqual(ann.ids(), ['c2', 'c3', 'c4']));
});

test('history larger than one message is delivered whole and before live messages', async () => {
  const { url, token, push, bus } = await openEdge({ 'edge.frame_bytes': 4_096, shedding: 'off' });
  const wanted = Array.from({ length: 60 }, (_, index) => `c${index}`);
  for (const id of wanted) await push('chat', id, room, { data: { text: '弹'.repeat(100) } });
  await eventually(async () => assert.equal((await bus.streams.heads(room)).offsets.chat, wanted.length));
  const ann = await watch({ url, token: await token('ann') }, 60);
  await push('chat', 'live');
  await eventually(() => assert.equal(ann.ids().at(-1), 'live'));
  assert.deepEqual([ann.ids(), ann.gaps], [[...wanted, 'live'], []]);
});

test('after a crash of its edge the client moves to another and gets missed messages once and in order', async () => {
  const first = await openEdge();
  const second = await openEdge();
  const ann = await watch({ url: [first.url, second.url], token: await first.token('ann') });
  await second.push('gift', 'g1');
  await eventually(() => assert.deepEqual(ann.ids(), ['g1']));
  const states: string[] = [];
  ann.client.on('state', (state) => states.push(state));
  // The edge of the client is random: both are closed, and one is started again on its port.
  const port = Number(new URL(second.url).port);
  await Promise.all([first.edge.stop(), second.edge.stop()]);
  for (const id of ['g2', 'g3']) await first.push('gift', id);
  const third = await openEdge({ 'edge.port': port });
  assert.equal(third.url, second.url);
  await eventually(() => assert.deepEqual(ann.ids(), ['g1', 'g2', 'g3']));
  await third.push('gift', 'g4');
  await eventually(() => assert.deepEqual(ann.ids(), ['g1', 'g2', 'g3', 'g4']));
  assert.deepEqual(ann.gaps, []);
  assert.equal(states.at(-1), 'online');
});

test('a draining edge moves its viewers to the next one without losing messages', async () => {
  const first = await openEdge();
  const ann = await watch({ url: first.url, token: await first.token('ann') });
  const second = await openEdge();
  const bob = await watch({ url: [first.url, second.url], token: await first.token('bob') });
  const draining = first.edge.drain();
  for (let i = 0; i < 20; i++) await second.push('gift', `g${i}`);
  await draining;
  await eventually(() =>
    assert.deepEqual(
      bob.ids(),
      Array.from({ length: 20 }, (_, index) => `g${index}`),
    ),
  );
  await eventually(() => assert.equal(bob.client.state, 'online'));
  assert.notEqual(ann.client.state, 'closed', 'a client without another edge keeps trying');
});

test('a message sent while disconnected is delivered once after the reconnect', async () => {
  const first = await openEdge();
  const ann = await watch({ url: first.url, token: await first.token('ann') });
  const port = Number(new URL(first.url).port);
  await first.edge.stop();
  await eventually(() => assert.equal(ann.client.state, 'connecting'));
  const sending = ann.room.send('chat', { text: 'later' });
  await openEdge({ 'edge.port': port });
  const { id } = await sending;
  await eventually(() => assert.deepEqual(ann.ids(), [id]));
});

test('a message whose answer was lost is sent again with the same cid and accepted once', async () => {
  const { bus, token } = await openEdge();
  let calls = 0;
  const gate = gated(bus);
  gate.wrap('ingress.publish', async (next, publications) => {
    const stored = await next(publications);
    return calls++ === 0 ? stored.map(() => new DanmuxError('unavailable')) : stored;
  });
  const behind = await openEdge({}, gate.open);
  const ann = await watch({ url: behind.url, token: await token('ann') });
  const { id } = await ann.room.send('chat', 'x');
  assert.equal(calls, 2);
  await eventually(() => assert.deepEqual(ann.ids(), [id]));
  assert.equal((await bus.ledger.totals()).accepted.chat, 1);
});

test('an invalid token closes the client with the error code', async () => {
  const { url } = await openEdge();
  const client = createClient({ url, token: 'nonsense' });
  closesAfter(client);
  const error = await new Promise<DanmuxError>((resolve) => client.on('error', resolve));
  assert.equal(error.code, 'token_invalid');
  assert.equal(client.state, 'closed');
  assert.throws(() => client.join(room), { code: 'unavailable' });
});

test('a refused token is asked for again, with back-off, until the edge accepts one', async () => {
  const { url, token } = await openEdge();
  let asked = 0;
  const bad = [() => token('ann', {}, -60), async () => 'nonsense', () => token('ann', { roles: {} })];
  const errors: string[] = [];
  const states: string[] = [];
  const client = createClient({ url, token: async () => (bad[asked++] ?? (() => token('ann')))() });
  closesAfter(client);
  client.on('error', ({ code }) => {
    errors.push(code);
    states.push(client.state);
  });
  await eventually(() => assert.equal(client.state, 'online'));
  assert.deepEqual([asked, errors, states], [4, ['token_expired', 'token_invalid', 'token_claim_invalid'], ['connecting', 'connecting', 'connecting']]);
});

test('the client closes when a fixed token is refused, and when every token of the function is', async () => {
  const { url, token } = await openEdge();
  const fixed = createClient({ url, token: await token('ann', {}, -60) });
  closesAfter(fixed);
  const error = await new Promise<DanmuxError>((resolve) => fixed.on('error', resolve));
  assert.deepEqual([error.code, fixed.state], ['token_expired', 'closed']);
  const asked: string[] = [];
  const stale = createClient({ url, token: async () => `nonsense${asked.push('')}` });
  closesAfter(stale);
  await eventually(() => assert.equal(stale.state, 'closed'), { timeoutMs: 15_000 });
  assert.equal(asked.length, 5);
});

test('a token that is not valid yet is used when it is', async () => {
  const { url, token } = await openEdge({ 'viewer.token_leeway_s': 0 });
  let asked = 0;
  // Milliseconds that the backend's clock is ahead of the edge's.
  const ahead = 1_500;
  const early = async () => {
    asked++;
    return token('ann', { nbf: (Date.now() + ahead) / 1_000 });
  };
  const codes: string[] = [];
  for (const source of [() => early, early]) {
    const client = createClient({ url, token: await source() });
    closesAfter(client);
    client.on('error', ({ code }) => codes.push(code));
    await eventually(() => assert.equal(client.state, 'online'));
  }
  assert.deepEqual([asked, codes], [2, ['token_not_yet_valid', 'token_not_yet_valid']]);
});

test('a token that becomes valid in more than an hour closes the client', async () => {
  const { url, token } = await openEdge();
  const client = createClient({ url, token: await token('ann', { nbf: Date.now() / 1_000 + 7_200 }) });
  closesAfter(client);
  const error = await new Promise<DanmuxError>((resolve) => client.on('error', resolve));
  assert.deepEqual([error.code, client.state], ['token_not_yet_valid', 'closed']);
});

test('a forbidden room reports the error and is not retried', async () => {
  const { url, token } = await openEdge();
  const client = createClient({ url, token: await token('ann', { rooms: ['other'] }) });
  closesAfter(client);
  const joined = client.join(room);
  const error = await new Promise<DanmuxError>((resolve) => joined.on('error', resolve));
  assert.equal(error.code, 'room_forbidden');
  assert.throws(() => client.join('bad room'), { code: 'invalid_room' });
});

test('a rate limit is reported to the caller with the time to wait', async () => {
  const { url, token } = await openEdge({ 'edge.send_burst': 1, 'edge.send_per_minute': 60 });
  const ann = await watch({ url, token: await token('ann') });
  await ann.room.send('chat', '1');
  await assert.rejects(ann.room.send('chat', '2'), (error: DanmuxError) => error.code === 'rate_limited' && (error.retryAfterMs ?? 0) > 0);
});

test('close ends all timers and connections', async () => {
  const { url, token, push } = await openEdge();
  const ann = await watch({ url, token: await token('ann') });
  const bob = await watch({ url, token: await token('bob') });
  ann.client.close();
  await push('gift', 'g');
  await eventually(() => assert.deepEqual(bob.ids(), ['g']));
  assert.deepEqual(ann.ids(), []);
});
