// The handshake against the strict parser of the ws library.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { test } from 'node:test';
import { WebSocketServer } from 'ws';
import { clientFrame, readUpgradeAnswer, upgradeRequest } from '../src/swarm/handshake.ts';

async function answerOf(deflate: boolean): Promise<{ answer: ReturnType<typeof readUpgradeAnswer>; received: string[] }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true });
  await once(server, 'listening');
  const received: string[] = [];
  const texts = ['2', 'x'.repeat(125), '弹'.repeat(100), 'y'.repeat(65_000)];
  const all = new Promise<void>((resolve) => {
    server.on('connection', (client) => client.on('message', (data) => received.push(String(data)) === texts.length && resolve()));
  });
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  socket.write(upgradeRequest('127.0.0.1', port, deflate));
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  const answer = readUpgradeAnswer(bytes);
  for (const text of texts) socket.write(clientFrame(text));
  await all;
  assert.deepEqual(received, texts);
  socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  return { answer, received };
}

test('a server upgrades, and reads what follows', async () => {
  const { answer } = await answerOf(false);
  assert.equal(answer?.accepted, true);
  assert.equal(answer?.deflate, false);
});

test('deflate is negotiated when it is offered', async () => {
  const { answer } = await answerOf(true);
  assert.equal(answer?.deflate, true);
});

test('a response is parsed once it is complete, without the frames after it', () => {
  const answer = Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n');
  for (let cut = 0; cut < answer.length; cut++) assert.equal(readUpgradeAnswer(answer.subarray(0, cut)), undefined);
  assert.deepEqual(readUpgradeAnswer(Buffer.concat([answer, Buffer.from([0x81, 0])])), {
    accepted: true,
    deflate: false,
    status: 'HTTP/1.1 101 Switching Protocols',
    size: answer.length,
  });
});

test('a refusal has the status line', () => {
  const answer = readUpgradeAnswer(Buffer.from('HTTP/1.1 503 Service Unavailable\r\n\r\n'));
  assert.deepEqual([answer?.accepted, answer?.status], [false, 'HTTP/1.1 503 Service Unavailable']);
});

test('a text too long for a viewer is refused', () => assert.throws(() => clientFrame('x'.repeat(70_000))));
