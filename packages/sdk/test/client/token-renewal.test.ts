// Tests of tokens that are renewed while connected, against a real edge: the connection stays, narrower and wider rights hold, failures are
// tried again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { room } from '@danmux/testkit/edge-fixture';
import { eventually } from '@danmux/testkit/unit';
import { endOf } from '../../src/client/token-end.ts';
import { type Client, type ClientOptions, createClient } from '../../src/index.ts';
import { closesAfter, openEdge } from './opened.ts';

/** A client that is online, with everything that tells of a second connection. */
async function online(options: ClientOptions): Promise<{ client: Client; states: string[]; errors: string[] }> {
  const client = closesAfter(createClient(options));
  const [states, errors]: string[][] = [[], []];
  client.on('state', (state) => states?.push(state));
  client.on('error', ({ code }) => errors?.push(code));
  await eventually(() => assert.equal(client.state, 'online'));
  return { client, states: states ?? [], errors: errors ?? [] };
}

test('the end of a token is read from its content, whatever characters the name has', async () => {
  const { token } = await openEdge();
  const seconds = Math.floor(Date.now() / 1_000);
  for (const name of ['小明', 'é', 'a', 'ab', 'abc', '💥']) {
    const end = endOf(await token('u', { name }, 60)) ?? 0;
    assert.ok(Math.abs(end / 1_000 - seconds - 60) <= 2, `${name}: ${end}`);
  }
  for (const text of ['', 'x', 'a.b.c', '..', 'a.bnVsbA.c', 'a.e30.c']) assert.equal(endOf(text), undefined, text);
});

test('the token function is asked before the token ends, and the connection stays', async () => {
  const { url, token } = await openEdge({ 'viewer.token_leeway_s': 0 });
  let asked = 0;
  const { client, states } = await online({ url, token: () => token('ann', { name: `Ann ${++asked}` }, 3) });
  const joined = client.join(room);
  await eventually(() => assert.equal(joined.joined, true));
  // Three tokens of 3 s each have ended when the fourth is in use.
  await eventually(() => assert.ok(asked >= 4, `asked ${asked} times`), { timeoutMs: 15_000 });
  assert.deepEqual([states, client.state, joined.joined], [['online'], 'online', true]);
});

test('a room that a new token forbids is left; a later token that allows it joins again', async () => {
  const { url, token } = await openEdge();
  const rooms = [['live:*'], ['other'], ['live:*']];
  let asked = 0;
  const { client, states } = await online({ url, own: false, token: () => token('ann', { rooms: rooms[Math.min(asked++, 2)] }, 3) });
  const joined = client.join(room);
  const notices: string[] = [];
  joined.on('notice', ({ code }) => notices.push(code));
  await eventually(() => assert.equal(joined.joined, true));
  await eventually(() => assert.equal(joined.refusal?.code, 'room_forbidden'));
  await eventually(() => assert.equal(joined.joined, true));
  assert.deepEqual([notices, states], [['room_forbidden'], ['online']]);
});

test('a token function that fails is asked again; a token of another user is reported once, and the connection goes on', async () => {
  const { url, token } = await openEdge();
  const tokens = [() => token('ann', {}, 4), () => Promise.reject(new Error('backend down')), () => token('bob', {}, 60)];
  let asked = 0;
  const { client, states, errors } = await online({ url, own: false, token: () => (tokens[asked++] ?? (() => token('ann')))() });
  await eventually(() => assert.deepEqual(errors, ['token_missing', 'token_mismatch']));
  assert.deepEqual([states, client.state, asked], [['online'], 'online', 3]);
});

test('a client with a fixed token asks for no renewal', async () => {
  const { url, token } = await openEdge({ 'viewer.token_leeway_s': 0 });
  const { client, states } = await online({ url, own: false, token: await token('ann', {}, 2) });
  const notices: string[] = [];
  client.on('notice', ({ code }) => notices.push(code));
  await eventually(() => assert.deepEqual(notices, ['token_expired']));
  await eventually(() => assert.equal(client.state, 'closed'));
  assert.deepEqual([states[0], states.at(-1)], ['online', 'closed']);
});
