// Refusals by HTTP before the handshake: the client reads the reason, waits as long as it was asked to, and comes back.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { eventually } from '@danmux/testkit/unit';
import { askReason, reasonIn } from '../../src/client/refusal.ts';
import { createClient } from '../../src/index.ts';
import { closesAfter, openEdge } from './opened.ts';

interface Refusing {
  readonly url: string;
  /** When each connection was tried, milliseconds, by transport. */
  readonly tries: { readonly upgrade: boolean; readonly at: number; readonly url: string }[];
}

/** A server that refuses every handshake with this status and body. */
async function refusing(status: number, body: object | string): Promise<Refusing> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const tries: Refusing['tries'] = [];
  const server = createServer((request, response) => {
    tries.push({ upgrade: false, at: performance.now(), url: request.url ?? '' });
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  });
  server.on('upgrade', (request, socket) => {
    // A client that is closed meanwhile resets the connection.
    socket.on('error', () => socket.destroy());
    tries.push({ upgrade: true, at: performance.now(), url: request.url ?? '' });
    socket.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tries };
}

const full = (waitMs: number) => ({ code: 'unavailable', message: 'full', retry_after_ms: waitMs });

test('the client waits retry_after_ms and its own back-off, over both transports', async () => {
  const server = await refusing(503, full(400));
  closesAfter(createClient({ url: server.url }));
  const retried = () => server.tries.filter(({ upgrade }) => upgrade);
  await eventually(() => assert.ok(retried().length >= 2, 'it comes back'), { timeoutMs: 20_000 });
  const [refused] = server.tries.filter(({ upgrade }) => !upgrade);
  const wait = (retried()[1]?.at ?? 0) - (refused?.at ?? 0);
  assert.ok(wait >= 499, `400 ms and at least 100 ms of its own: ${wait}`);
});

test('clients that are refused together by a server with a fixed wait do not return together', async () => {
  const server = await refusing(503, full(300));
  for (let count = 0; count < 12; count++) closesAfter(createClient({ url: server.url, transports: ['polling'] }));
  await eventually(() => assert.ok(server.tries.length >= 24, `${server.tries.length}`), { timeoutMs: 20_000 });
  const second = server.tries.slice(12, 24).map(({ at }) => at);
  assert.ok(Math.max(...second) - Math.min(...second) > 40, `spread: ${Math.max(...second) - Math.min(...second)} ms`);
});

test('a page that no edge allows gets `origin_forbidden` and stops; other edges are tried first', async () => {
  const foreign = { code: 'origin_forbidden', message: 'not listed' };
  const [one, two] = [await refusing(403, foreign), await refusing(403, foreign)];
  for (const transports of [['websocket', 'polling'], ['websocket'], ['polling']] as const) {
    const before = one.tries.length;
    const client = closesAfter(createClient({ url: [one.url, two.url], transports }));
    const error = await new Promise<{ code: string }>((resolve) => client.on('error', resolve));
    assert.equal(error.code, 'origin_forbidden', transports.join());
    assert.equal(client.state, 'closed');
    assert.ok(one.tries.length > before && two.tries.length > 0, 'both edges were tried');
  }
});

test('an edge that allows the page is found behind one that does not', async () => {
  const foreign = await refusing(403, { code: 'origin_forbidden', message: 'not listed' });
  const { url, token } = await openEdge();
  const client = closesAfter(createClient({ url: [foreign.url, url], token: await token('ann') }));
  await eventually(() => assert.equal(client.state, 'online'), { timeoutMs: 20_000 });
});

test('a path in the address and the option `path` reach the server', async () => {
  const server = await refusing(503, full(10_000));
  closesAfter(createClient({ url: `${server.url}/danmu` }));
  closesAfter(createClient({ url: server.url, path: '/live/ws' }));
  await eventually(() => {
    const paths = new Set(server.tries.map(({ url }) => url.split('?')[0]));
    assert.deepEqual([...paths].sort(), ['/danmu/socket.io/', '/live/ws/']);
  });
});

test('answers without a reason of danmux are no reason', async () => {
  assert.equal(reasonIn(new Error('websocket error')), undefined);
  for (const text of ['<html>', '{"code":3,"message":"Bad request"}', '{"code":"made_up"}', 'null', ''])
    assert.equal(reasonIn(Object.assign(new Error('xhr poll error'), { context: { responseText: text } })), undefined, text);
  assert.equal(await askReason({ server: 'http://127.0.0.1:1/', path: '/socket.io/' }), undefined);
  const { url, token: _ } = await openEdge();
  assert.equal(await askReason({ server: `${url.replace('http', 'ws')}/`, path: '/socket.io/' }), undefined, 'an edge that would accept');
});
