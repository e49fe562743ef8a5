// Tests of the viewer server with stock clients and raw WebSockets: who is refused before a session begins, and packets that end their connection.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { afterEach, beforeEach, test } from 'node:test';
import { type EdgeFixture, room, startEdge, type Viewer } from '@danmux/testkit/edge-fixture';
import { ownerOf } from '@danmux/testkit/unit';
import { WebSocket } from 'ws';

const owner = ownerOf(afterEach);
let fixture: EdgeFixture;
beforeEach(async () => {
  fixture = await startEdge(owner, { 'edge.send_burst': 1_000, 'edge.send_per_minute': 60_000 });
});

async function refusal(viewer: Viewer): Promise<string | undefined> {
  return viewer.connected().then(
    () => 'connected',
    (error: Error & { data?: { code: string } }) => error.data?.code,
  );
}

test('a wrong, expired, foreign or missing token is refused with its code', async () => {
  const good = await fixture.token('ann');
  const cases: [string | undefined, string][] = [
    [undefined, 'token_missing'],
    ['', 'token_missing'],
    ['nonsense', 'token_invalid'],
    [`${good.slice(0, -4)}AAAA`, 'token_signature_invalid'],
    [await fixture.token('ann', { roles: 5.5 }), 'token_claim_invalid'],
    [await fixture.token('ann', {}, 200_000), 'token_claim_invalid'],
    [await fixture.token('ann', { nbf: Math.floor(Date.now() / 1_000) + 60 }), 'token_not_yet_valid'],
    [await fixture.token('ann', {}, -60), 'token_expired'],
  ];
  for (const [token, code] of cases) assert.equal(await refusal(fixture.connect(token === undefined ? {} : { token })), code, `token ${token}`);
  assert.equal(await refusal(fixture.connect({ token: { a: 1 } as unknown as string })), 'token_invalid');
});

test('a foreign Origin gets 403; the same host, a loopback page and no Origin do not', async () => {
  const port = Number(new URL(fixture.url).port);
  const status = (origin?: string) =>
    new Promise<number>((resolve, reject) => {
      const asked = request({ port, path: '/socket.io/?EIO=4&transport=polling', headers: origin === undefined ? {} : { origin } }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      asked.once('error', reject).end();
    });
  assert.equal(await status('https://evil.example'), 403);
  assert.equal(await status('null'), 403);
  assert.equal(await status('http://127.0.0.1:9'), 200);
  assert.equal(await status('http://localhost:9'), 200);
  assert.equal(await status(), 200);
});

test('a packet of 1 MB closes that connection with code 1009, and the edge lives', async () => {
  const ann = await fixture.enter('ann');
  const raw = new WebSocket(`${fixture.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const closed = new Promise<number>((resolve) => raw.once('close', resolve));
  raw.once('open', () => raw.send(`42["send",{"data":"${'x'.repeat(1_000_000)}"}]`));
  assert.equal(await closed, 1009);
  assert.equal(await ann.code('send', { room, type: 'chat', data: 1, cid: 'alive' }), 'ok');
});

test('garbage in place of packets ends that connection only', async () => {
  const ann = await fixture.enter('ann');
  for (const garbage of ['{', '45', '42["join"', '\u0000', '4{}', '9'.repeat(100), '451-["x",{"_placeholder":true,"num":0}]']) {
    const raw = new WebSocket(`${fixture.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
    await new Promise((resolve) => raw.once('open', resolve));
    raw.send(garbage);
    raw.send('40');
    raw.close();
    await new Promise((resolve) => raw.once('close', resolve));
  }
  assert.equal(await ann.code('send', { room, type: 'chat', data: 1, cid: 'alive' }), 'ok');
});
