// One viewer of the swarm against the ws library: the whole way from the upgrade to compressed frames, and every way to end.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { eventually } from '@danmux/testkit';
import { type WebSocket, WebSocketServer } from 'ws';
import { answerTo, openPacket } from '../src/peers/bare-rooms.ts';
import { Viewer, type ViewerListener, type ViewerMessage } from '../src/swarm/viewer.ts';

const clients: { readonly socket: WebSocket; readonly texts: string[] }[] = [];
const refused = 'locked';
const http = createServer();
const perMessageDeflate = { serverNoContextTakeover: true, clientNoContextTakeover: true, threshold: 0 };
const server = new WebSocketServer({ server: http, path: '/socket.io/', perMessageDeflate });
server.on('connection', (socket) => {
  const texts: string[] = [];
  clients.push({ socket, texts });
  socket.send(openPacket);
  socket.on('message', (data) => {
    texts.push(String(data));
    let room = '';
    const answer = answerTo(String(data), (asked) => {
      room = asked;
    });
    if (answer) socket.send(room === refused ? '430[{"ok":false,"error":{"code":"forbidden"}}]' : answer);
  });
});
http.listen(0, '127.0.0.1');
await once(http, 'listening');
const { port } = http.address() as AddressInfo;
after(() => {
  for (const { socket } of clients) socket.terminate();
  server.close();
  http.close();
});

class Seen implements ViewerListener {
  readonly messagesSeen: ViewerMessage[] = [];
  readonly events: [string, unknown][] = [];
  joins = 0;
  frames = 0;
  reason = '';

  joined(): void {
    this.joins++;
  }
  ended(_viewer: Viewer, reason: string): void {
    this.reason = reason;
  }
  frame(): void {
    this.frames++;
  }
  messages(_viewer: Viewer, messages: readonly ViewerMessage[]): void {
    this.messagesSeen.push(...messages);
  }
  event(_viewer: Viewer, name: string, payload: unknown): void {
    this.events.push([name, payload]);
  }
}

async function join(options: { deflate?: boolean; sampled?: boolean; room?: string }) {
  const seen = new Seen();
  const { deflate = false, sampled = true, room = 'live:1' } = options;
  const viewer = new Viewer({ host: '127.0.0.1', port, room, deflate, sampled, token: 'a.b.c', positions: { gift: { epoch: 'e', offset: 3 } } }, seen);
  await eventually(() => assert.ok(seen.joins === 1 || seen.reason !== '', 'neither joined nor ended'));
  return { viewer, seen, client: clients.at(-1) ?? assert.fail('nobody connected') };
}

const frame = (count: number) =>
  `42["frame",${JSON.stringify({ room: 'live:1', msgs: Array.from({ length: count }, (_, n) => ({ lane: 'chat', offset: n, data: { text: '弹幕'.repeat(30) } })) })}]`;

test('it connects with its token, joins with its positions and answers pings', async () => {
  const { viewer, client } = await join({});
  client.socket.send('2');
  await eventually(() => assert.equal(client.texts.length, 3));
  assert.equal(client.texts[0], '40{"token":"a.b.c"}');
  assert.equal(client.texts[1], '420["join",{"room":"live:1","positions":{"gift":{"epoch":"e","offset":3}}}]');
  assert.equal(client.texts[2], '3');
  viewer.cut();
});

for (const deflate of [false, true]) {
  test(`a sampled viewer reads every message, ${deflate ? 'compressed' : 'plain'}`, async () => {
    const { viewer, seen, client } = await join({ deflate });
    assert.equal(viewer.deflate, deflate);
    client.socket.send(frame(1));
    client.socket.send(frame(100));
    await eventually(() => assert.equal(seen.messagesSeen.length, 101));
    assert.equal(seen.frames, 2);
    assert.deepEqual(seen.messagesSeen[1]?.data, { text: '弹幕'.repeat(30) });
    const { bytes } = viewer;
    assert.equal(bytes < Buffer.byteLength(frame(101)) / 2, deflate, `${bytes} bytes came`);
    viewer.cut();
  });
}

test('a frame of a peer is one message', async () => {
  const { viewer, seen, client } = await join({});
  client.socket.send('42["frame",{"lane":"gift","data":{"n":"1.1"}}]');
  await eventually(() => assert.deepEqual(seen.messagesSeen, [{ lane: 'gift', data: { n: '1.1' } }]));
  viewer.cut();
});

test('any other viewer counts frames and reads short events', async () => {
  const { viewer, seen, client } = await join({ sampled: false });
  client.socket.send(frame(100));
  client.socket.send('42["presence",{"room":"live:1","online":7}]');
  client.socket.send('42["gap",{"room":"live:1","lane":"chat","count":3,"reason":"budget"}]');
  await eventually(() => assert.equal(seen.events.length, 2));
  assert.deepEqual([seen.frames, viewer.frames, seen.messagesSeen.length], [1, 1, 0]);
  assert.equal(viewer.frameBytes, Buffer.byteLength(frame(100)));
  assert.deepEqual(seen.events[1], ['gap', { room: 'live:1', lane: 'chat', count: 3, reason: 'budget' }]);
  viewer.cut();
});

test('every viewer distinguishes compressed gaps from compressed frames', async () => {
  const { viewer, seen, client } = await join({ sampled: false, deflate: true });
  client.socket.send(frame(1));
  client.socket.send('42["gap",{"room":"live:1","lane":"chat","count":3,"reason":"budget"}]');
  client.socket.send(frame(1));
  await eventually(() => assert.equal(seen.frames, 2));
  assert.deepEqual(seen.events, [['gap', { room: 'live:1', lane: 'chat', count: 3, reason: 'budget' }]]);
  viewer.cut();
});

test('a viewer that stopped reading receives nothing more', async () => {
  const { viewer, seen, client } = await join({ sampled: false });
  viewer.pause();
  client.socket.send(frame(1));
  const other = await join({ sampled: false });
  other.client.socket.send(frame(1));
  await eventually(() => assert.equal(other.seen.frames, 1));
  assert.equal(seen.frames, 0);
  viewer.cut();
  other.viewer.cut();
});

test('the end of a connection is reported once, with its reason', async () => {
  const closed = await join({});
  closed.client.socket.close(1008);
  await eventually(() => assert.equal(closed.seen.reason, 'close 1008'));
  const gone = await join({});
  gone.client.socket.terminate();
  await eventually(() => assert.match(gone.seen.reason, /closed|ECONNRESET/));
  const locked = await join({ room: refused });
  assert.equal(locked.seen.reason, 'join refused: forbidden');
  const cut = await join({});
  cut.viewer.cut();
  assert.equal(cut.seen.reason, '');
});

test('a refused upgrade is reported with its status', async () => {
  const plain = createServer((_request, response) => response.writeHead(503).end());
  plain.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n'));
  plain.listen(0, '127.0.0.1');
  await once(plain, 'listening');
  const seen = new Seen();
  new Viewer({ host: '127.0.0.1', port: (plain.address() as AddressInfo).port, room: 'r', deflate: false, sampled: true, token: '' }, seen);
  await eventually(() => assert.match(seen.reason, /503 Service Unavailable/));
  plain.close();
});
