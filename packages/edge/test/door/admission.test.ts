// Refusals before the handshake through a real edge, over WebSocket and long-polling: status, reason and headers; and what is not confirmed.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { afterEach, test } from 'node:test';
import { type EdgeFixture, startEdge } from '@danmux/testkit/edge-fixture';
import { eventually, ownerOf, type Settings } from '@danmux/testkit/unit';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';

let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

const owner = ownerOf(afterEach);
const edge = (set: Settings = {}): Promise<EdgeFixture> => startEdge(owner, { 'viewer.allow_guests': true, ...set });

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

async function answerOf(response: IncomingMessage): Promise<Answer> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

/** Starts a connection over long-polling or WebSocket; an accepted WebSocket has the status 101. */
async function knock({ url }: EdgeFixture, transport: string, { query = 'EIO=4', headers = {} }: { query?: string; headers?: Record<string, string> } = {}) {
  const path = `/socket.io/?${query}&transport=${transport}`;
  if (transport === 'polling') {
    const asked = request(url + path, { headers }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    return answerOf(response);
  }
  const socket = new WebSocket(url.replace('http', 'ws') + path, { headers });
  ends.push(() => socket.terminate());
  return new Promise<Answer>((resolve, reject) => {
    socket.once('upgrade', ({ headers: given }: IncomingMessage) => resolve({ status: 101, headers: given, text: '' }));
    socket.once('unexpected-response', (_request, response) => answerOf(response).then(resolve, reject));
    socket.once('error', () => {});
  });
}

const refusedOf = async ({ runtime }: EdgeFixture) =>
  Object.fromEntries((await runtime.metrics.refused.get()).values.map(({ labels, value }) => [labels['code'], value]));

for (const transport of ['websocket', 'polling']) {
  test(`a refused Origin over ${transport} is a real 403 whose reason the page may read`, async () => {
    const fixture = await edge();
    const { status, headers, text } = await knock(fixture, transport, { headers: { origin: 'https://evil.example' } });
    assert.equal(status, 403);
    assert.equal(JSON.parse(text).code, 'origin_forbidden');
    assert.equal(headers['access-control-allow-origin'], 'https://evil.example');
    assert.equal(headers['content-type'], 'application/json');
    assert.deepEqual(await refusedOf(fixture), { origin_forbidden: 1 });
  });

  test(`an empty session id over ${transport} begins a connection, whose Origin is checked`, async () => {
    const fixture = await edge();
    for (const query of ['EIO=4&sid=', 'EIO=4&sid=x&sid='])
      assert.equal((await knock(fixture, transport, { query, headers: { origin: 'https://evil.example' } })).status, 403, query);
  });

  test(`an old client over ${transport} is refused with the version to use`, async () => {
    const fixture = await edge();
    for (const query of ['EIO=3', 'b64=1']) {
      const { status, text } = await knock(fixture, transport, { query });
      assert.equal(status, 400, query);
      assert.match(JSON.parse(text).message, /socket\.io client of version 3 or 4.*EIO=4/, query);
    }
  });

  test(`a full edge refuses over ${transport} before the handshake, with a spread time to come back, and keeps its viewers`, async () => {
    const fixture = await edge({ 'edge.max_connections': 1 });
    const ann = fixture.connect({ transports: ['polling', 'websocket'] });
    await ann.connected();
    await eventually(() => assert.equal(ann.socket.io.engine.transport.name, 'websocket', 'a full edge upgrades the connections it has'));
    const waits: number[] = [];
    for (let times = 0; times < 10; times++) {
      const { status, headers, text } = await knock(fixture, transport, { headers: { origin: 'http://127.0.0.1' } });
      const { code, retry_after_ms: wait } = JSON.parse(text);
      assert.deepEqual([status, code], [503, 'unavailable']);
      assert.equal(headers['retry-after'], String(Math.ceil(wait / 1_000)));
      assert.equal(headers['access-control-allow-origin'], 'http://127.0.0.1');
      waits.push(wait);
    }
    assert.ok(new Set(waits).size > 5 && Math.min(...waits) >= 2_000 && Math.max(...waits) <= 4_000, `${waits}`);
    assert.equal(ann.socket.connected, true);
  });
}

test('a stock client that finds the edge full comes back by itself when there is room', async () => {
  const fixture = await edge({ 'edge.max_connections': 1 });
  const ann = fixture.connect();
  await ann.connected();
  const bob = io(fixture.url, { transports: ['websocket'], forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 100 });
  ends.push(() => bob.disconnect());
  await new Promise((resolve) => bob.io.once('reconnect_error', resolve));
  ann.socket.disconnect();
  await eventually(() => assert.equal(bob.connected, true));
});

test('a listed Origin may send cookies, one that the star allows may not', async () => {
  const fixture = await edge({ 'edge.allowed_origins': ['https://app.example', '*'] });
  const credentials = async (origin: string) => (await knock(fixture, 'polling', { headers: { origin } })).headers['access-control-allow-credentials'];
  assert.equal(await credentials('https://app.example'), 'true');
  assert.equal(await credentials('https://other.example'), undefined);
  assert.equal(await credentials('http://127.0.0.1:9'), 'true', 'a page of the same host on another port');
});

test('no sub-protocol is confirmed', async () => {
  const fixture = await edge();
  const { status, headers } = await knock(fixture, 'websocket', { headers: { 'sec-websocket-protocol': 'graphql-ws, chat' } });
  assert.deepEqual([status, headers['sec-websocket-protocol']], [101, undefined]);
});

test('the log names a foreign Origin and its address, in one line for many refusals', async () => {
  const fixture = await edge();
  const warned: [object, string][] = [];
  fixture.runtime.log.warn = ((fields: object, text: string) => void warned.push([fields, text])) as typeof fixture.runtime.log.warn;
  for (let times = 0; times < 50; times++) await knock(fixture, 'polling', { headers: { origin: `https://evil.example/${'x'.repeat(400)}` } });
  assert.equal(warned.length, 1);
  const [fields, text] = warned[0] ?? [];
  assert.match(text ?? '', /foreign origin refused.*edge\.allowed_origins/);
  assert.deepEqual(fields, { origin: `https://evil.example/${'x'.repeat(235)}`, address: '127.0.0.1' });
});

async function raw(fixture: EdgeFixture): Promise<{ socket: WebSocket; got: string[]; closed: Promise<unknown> }> {
  const socket = new WebSocket(`${fixture.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  ends.push(() => socket.terminate());
  const got: string[] = [];
  socket.on('message', (data) => got.push(String(data)));
  const closed = once(socket, 'close');
  await once(socket, 'open');
  return { socket, got, closed };
}

for (const joined of [false, true]) {
  test(`the third CONNECT to an unknown namespace closes the connection, ${joined ? 'also of a viewer' : 'before one to the right namespace'}`, async () => {
    const fixture = await edge();
    const { socket, got, closed } = await raw(fixture);
    if (joined) {
      socket.send('40');
      await eventually(() =>
        assert.ok(
          got.some((text) => text.startsWith('40{')),
          `${got}`,
        ),
      );
    }
    for (const name of ['/admin', '/chat', '/x']) socket.send(`40${name},`);
    await closed;
    assert.equal(got.filter((text) => /^44\/\w+,\{"message":"Invalid namespace"\}$/.test(text)).length, 3, `${got}`);
  });
}

test('two CONNECTs to unknown namespaces do not close a viewer, and the written-out namespace "/" is not unknown', async () => {
  const fixture = await edge();
  const { socket, got } = await raw(fixture);
  socket.send('40/admin,');
  socket.send('40/chat,{"token":"x"}');
  socket.send('40/,{}');
  await eventually(() =>
    assert.ok(
      got.some((text) => text.startsWith('40{')),
      `${got}`,
    ),
  );
  assert.equal(socket.readyState, WebSocket.OPEN);
});
