// Tests of EncodedFrame: its bytes equal those that socket.io would send.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, test } from 'node:test';
import type { Frame, Notice } from '@danmux/protocol';
import { eventually } from '@danmux/testkit/unit';
import { Server, type Socket } from 'socket.io';
import { io } from 'socket.io-client';
import { WebSocket, WebSocketServer } from 'ws';
import { eventPacket } from '../../src/frame/event-packet.ts';
import { EncodedFrame, type EncodedFrameOptions, encodeEvent } from '../../src/outbox/encoded-frame.ts';
import { type EngineConn, ViewerWire } from '../../src/outbox/wire.ts';

const frameOf = (text: string): Frame => ({ room: 'live:1', msgs: [{ id: 'm', lane: 'gift', offset: 1, type: 'gift', data: { text }, ts: 1 }] });
// The three forms of a WebSocket length, and text that is longer in bytes than in characters.
const texts = { short: 'x', medium: '礼物🚀'.repeat(40), long: '"\\\u2028弹幕'.repeat(8_000) };

let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

async function startServer(): Promise<{ port: number; socket: Promise<Socket> }> {
  const http = createServer();
  const server = new Server(http, { perMessageDeflate: false });
  const socket = new Promise<Socket>((resolve) => server.once('connection', resolve));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  ends.push(() => server.close());
  return { port: (http.address() as AddressInfo).port, socket };
}

function prepareRaw(event: 'frame', payload: string, options?: EncodedFrameOptions): EncodedFrame {
  return new EncodedFrame([eventPacket(event, payload)], options);
}

/** As a session writes: past socket.io where it can. */
function write(socket: Socket, encoded: EncodedFrame): void {
  const wire = new ViewerWire(socket.conn as unknown as EngineConn, true);
  assert.equal(wire.ready, true, 'nothing waits');
  wire.write(encoded);
}

/** The bytes a bare WebSocket client is sent for what `send` does. */
async function wireBytes(send: (socket: Socket) => void): Promise<Buffer> {
  const { port, socket } = await startServer();
  const raw = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
  let bytes = Buffer.alloc(0);
  const collect = (data: Buffer) => {
    bytes = Buffer.concat([bytes, data]);
  };
  // Not before `open`: a listener of ours would take bytes from ws that is not listening yet.
  raw.once('upgrade', ({ socket: wire }: IncomingMessage) => raw.once('open', () => wire.on('data', collect)));
  raw.once('message', () => raw.send('40'));
  const connected = await socket;
  // The answer to the CONNECT packet carries a fresh id: what counts comes after it.
  await eventually(() => assert.ok(bytes.includes('40{"sid"'), 'connected'));
  const before = bytes.length;
  send(connected);
  connected.emit('end');
  const end = Buffer.from('42["end"]');
  await eventually(() => assert.ok(bytes.subarray(-end.length).equals(end), 'all has come'));
  raw.terminate();
  return bytes.subarray(before);
}

for (const [size, text] of Object.entries(texts)) {
  test(`a ${size} frame over WebSocket`, async () => {
    const frame = frameOf(text);
    const byEmit = await wireBytes((socket) => socket.emit('frame', frame));
    assert.ok(byEmit.equals(await wireBytes((socket) => write(socket, encodeEvent('frame', frame)))), 'prepared from a value');
    assert.ok(byEmit.equals(await wireBytes((socket) => write(socket, prepareRaw('frame', JSON.stringify(frame))))), 'prepared from JSON');
  });
}

for (const transport of ['websocket', 'polling']) {
  test(`a stock client over ${transport} gets the event and its payload`, async () => {
    const { port, socket } = await startServer();
    const client = io(`http://127.0.0.1:${port}`, { transports: [transport], reconnection: false });
    ends.unshift(() => client.disconnect());
    const got: [string, unknown][] = [];
    client.onAny((event: string, payload: unknown) => got.push([event, payload]));
    const connected = await socket;
    const notice: Notice = { code: 'muted', message: '禁言' };
    for (const text of Object.values(texts)) write(connected, encodeEvent('frame', frameOf(text)));
    write(connected, encodeEvent('notice', notice));
    await eventually(() => assert.equal(got.length, 4));
    assert.deepEqual(got, [...Object.values(texts).map((text) => ['frame', frameOf(text)]), ['notice', notice]]);
  });
}

test('one encoded frame may be written to many, and again', async () => {
  const encoded = encodeEvent('frame', frameOf(texts.medium));
  const twice = await wireBytes((socket) => {
    write(socket, encoded);
    write(socket, encoded);
  });
  const byEmit = await wireBytes((socket) => {
    socket.emit('frame', frameOf(texts.medium));
    socket.emit('frame', frameOf(texts.medium));
  });
  assert.ok(twice.equals(byEmit), 'the same bytes');
});

test('deflated, it is what ws itself would inflate, and small packets are left as they are', async () => {
  const big = eventPacket('frame', JSON.stringify(frameOf(texts.long)));
  const encoded = new EncodedFrame([big, eventPacket('gap', '{"room":"r"}')]);
  assert.ok(encoded.deflated.length < encoded.plain.length / 20, `${encoded.deflated.length} of ${encoded.plain.length} bytes`);
  assert.equal(encoded.deflated, encoded.deflated, 'made once');
  const got: string[] = [];
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: { serverNoContextTakeover: true, clientNoContextTakeover: true } });
  ends.push(() => server.close());
  await once(server, 'listening');
  server.on('connection', (_ws, { socket }) => {
    for (let i = 0; i < 2; i++) socket.write(encoded.deflated);
  });
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  ends.unshift(() => client.terminate());
  client.on('message', (data) => got.push(String(data)));
  await eventually(() => assert.equal(got.length, 4));
  assert.match(client.extensions, /permessage-deflate/);
  const both = [`4${big}`, '42["gap",{"room":"r"}]'];
  assert.ok(got.join('\n') === [...both, ...both].join('\n'), 'word for word, each message by itself');
});

test('a frame without its recalled messages is encoded once for all its viewers; a frame with none of them stays itself', () => {
  const msg = (id: string) => ({ id, lane: 'chat' as const, type: 'chat', data: 'x', ts: 1 });
  const encoded = encodeEvent('frame', { room: 'r', msgs: [msg('a'), msg('b')] }, { room: 'r', counts: { chat: 2 }, urgent: false });
  const recalled = new Set(['a']);
  const shown = encoded.without(recalled);
  assert.equal(encoded.without(recalled), shown);
  assert.deepEqual([shown.room, shown.counts, shown.urgent], ['r', { chat: 2 }, false]);
  assert.match(shown.packets[0] ?? '', /"id":"a","type":"recalled","data":null.*"id":"b","lane":"chat","type":"chat"/);
  assert.equal(encoded.without(new Set(['c'])), encoded);
  const gap = encodeEvent('gap', { room: 'a', lane: 'chat', count: 1, reason: 'slow' });
  assert.equal(gap.without(recalled), gap);
});
