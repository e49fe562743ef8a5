// How an edge ends a connection that shall come back: without a close frame or a `close` packet, which keep some stock clients away, and after
// everything that was written. With bare clients; the stock ones are in scripts/test/matrix.e2e.test.ts.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, test } from 'node:test';
import { type EdgeFixture, room, startEdge } from '@danmux/testkit/edge-fixture';
import { eventually, ownerOf } from '@danmux/testkit/unit';
import { WebSocket } from 'ws';

let fixture: EdgeFixture;
let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});
const owner = ownerOf(afterEach);
async function open(set: Readonly<Record<string, unknown>> = {}): Promise<void> {
  fixture = await startEdge(owner, set);
}

/** A joined bare WebSocket with the packets that it got. */
async function webSocket() {
  const socket = new WebSocket(`${fixture.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const got: string[] = [];
  ends.push(() => socket.terminate());
  socket.on('message', (data) => got.push(String(data)));
  const reply = (start: string) => eventually(() => got.find((text) => text.startsWith(start)) ?? assert.fail(`${start} among ${got}`));
  await once(socket, 'open');
  socket.send(`40${JSON.stringify({ token: await fixture.token('ann') })}`);
  await reply('40{');
  socket.send(`420["join",${JSON.stringify({ room, history: 0 })}]`);
  await reply('430[{"ok":true');
  return { socket, got };
}

interface Polled {
  readonly status: number;
  readonly text: string;
  readonly keepsAlive: boolean;
}
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
/** One poll over a kept connection, as stock clients poll. */
function poll(path: string): Promise<Polled> {
  return new Promise((resolve, reject) => {
    get(`${fixture.url}${path}`, { agent }, async (response) => {
      let text = '';
      for await (const chunk of response) text += String(chunk);
      resolve({ status: response.statusCode ?? 0, text, keepsAlive: response.headers.connection !== 'close' });
    }).once('error', reject);
  });
}
async function post(path: string, body: string): Promise<void> {
  const asked = request(`${fixture.url}${path}`, { method: 'POST' });
  asked.end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
}
/** The path of a connected long-polling session. */
async function polling(): Promise<string> {
  const path = '/socket.io/?EIO=4&transport=polling';
  const { text } = await poll(path);
  const mine = `${path}&sid=${(JSON.parse(text.slice(1)) as { sid: string }).sid}`;
  await post(mine, `40${JSON.stringify({ token: await fixture.token('bob') })}`);
  assert.match((await poll(mine)).text, /^40\{/);
  return mine;
}

test('a drained WebSocket ends without a close frame, after the goaway and the last gift', async () => {
  await open({ 'edge.drain_ms': 1_000 });
  const { socket, got } = await webSocket();
  const closed = once(socket, 'close');
  await fixture.push('gift', 'last');
  await eventually(async () => assert.equal((await fixture.bus.streams.heads(room)).offsets.gift, 1));
  await fixture.edge.drain();
  assert.deepEqual([(await closed)[0], got.some((text) => text.includes('goaway')), got.some((text) => text.includes('"id":"last"'))], [1006, true, true]);
  await eventually(async () =>
    assert.deepEqual(
      (await fixture.runtime.metrics.disconnections.get()).values.map(({ labels }) => labels['reason']),
      ['drain'],
    ),
  );
});

test('a waiting poll is answered with an HTTP error, and later polls of the session too', async () => {
  await open({ 'edge.drain_ms': 0 });
  const path = await polling();
  const waiting = poll(path);
  // Over another connection, and so after the poll.
  await post(path, '3');
  const first = fixture.edge.drain();
  // The goaway answers the poll that waits; the next one gets the end.
  const goaway = await waiting;
  const after = goaway.status === 200 ? await poll(path).catch(() => ({ status: 0, text: '', keepsAlive: false })) : goaway;
  await first;
  assert.ok(![200].includes(after.status), `${after.status} ${after.text}`);
  assert.ok(!`${goaway.text}\x1e${after.text}`.split('\x1e').includes('1'), 'no `close` packet');
});

test('a draining edge refuses a handshake over a kept connection, which a refused CONNECT would not let come back', async () => {
  await open({ 'edge.drain_ms': 500 });
  await polling();
  const draining = fixture.edge.drain();
  const refused = await poll('/socket.io/?EIO=4&transport=polling').catch((error: Error) => error);
  assert.ok(refused instanceof Error || refused.status >= 400, JSON.stringify(refused));
  await draining;
});

test('a viewer that never closes its side is cut off, and a stop ends the viewers who are left', async () => {
  await open({ 'edge.drain_ms': 0 });
  const { hostname, port } = new URL(fixture.url);
  const raw = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  ends.push(() => raw.destroy());
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n';
  raw.write(`GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${key}\r\n`);
  await once(raw, 'data');
  const { socket } = await webSocket();
  const [closed, cut] = [once(socket, 'close'), once(raw, 'close')];
  raw.on('error', () => {});
  raw.once('end', () => raw.resume());
  const begun = performance.now();
  await fixture.edge.stop();
  assert.equal((await closed)[0], 1006);
  assert.ok(performance.now() - begun < 5_000, 'the stop does not wait for its ping timeout');
  raw.end();
  await cut;
});
