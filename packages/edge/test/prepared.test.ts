// What is prepared once is, byte for byte, what socket.io itself would send to each.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, test } from 'node:test';
import type { Frame, Notice } from '@danmux/protocol';
import { Server, type Socket } from 'socket.io';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { type Prepared, prepare, prepareRaw } from '../src/prepared.ts';
import { eventually } from './eventually.ts';

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

function write(socket: Socket, { packet, options }: Prepared): void {
  (socket.conn as unknown as { write(data: string, options: object): void }).write(packet, options);
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
    assert.ok(byEmit.equals(await wireBytes((socket) => write(socket, prepare('frame', frame)))), 'prepared from a value');
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
    for (const text of Object.values(texts)) write(connected, prepare('frame', frameOf(text)));
    write(connected, prepare('notice', notice));
    await eventually(() => assert.equal(got.length, 4));
    assert.deepEqual(got, [...Object.values(texts).map((text) => ['frame', frameOf(text)]), ['notice', notice]]);
  });
}

test('says how many bytes it is, not how many characters', () => {
  const { packet, bytes, options } = prepareRaw('frame', '{"a":"礼"}');
  assert.equal(packet, '2["frame",{"a":"礼"}]');
  assert.equal(bytes, Buffer.byteLength(`4${packet}`));
  assert.equal(options.compress, false);
});

test('one prepared frame may be written to many, and again', async () => {
  const prepared = prepare('frame', frameOf(texts.medium));
  const twice = await wireBytes((socket) => {
    write(socket, prepared);
    write(socket, prepared);
  });
  const byEmit = await wireBytes((socket) => {
    socket.emit('frame', frameOf(texts.medium));
    socket.emit('frame', frameOf(texts.medium));
  });
  assert.ok(twice.equals(byEmit), 'the same bytes');
});
