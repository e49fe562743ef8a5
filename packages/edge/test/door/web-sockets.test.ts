// Compression between an edge and its viewers: what the handshake answers, and messages of clients that compress with their context.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { afterEach, test } from 'node:test';
import type { Frame } from '@danmux/protocol';
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
  fixture = await startEdge(owner, { shedding: 'off', ...set });
}
const address = () => `${fixture.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;

/** The extensions in the answer to an offer; fails when the connection is refused. */
function answerTo(offer: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' };
    const asked = request(`${fixture.url}/socket.io/?EIO=4&transport=websocket`, { headers: { ...headers, 'Sec-WebSocket-Extensions': offer } });
    asked.once('upgrade', ({ headers: answered }, socket) => {
      socket.destroy();
      resolve(answered['sec-websocket-extensions']);
    });
    asked.once('response', ({ statusCode }) => reject(new Error(`HTTP ${statusCode} to ${offer}`)));
    asked.once('error', reject).end();
  });
}

/** A bare client that compresses every message and keeps its context unless told otherwise. */
async function enter(user: string, perMessageDeflate: object | boolean = { threshold: 0 }) {
  const socket = new WebSocket(address(), { perMessageDeflate });
  const got: string[] = [];
  ends.push(() => socket.terminate());
  socket.on('message', (data) => got.push(String(data)));
  await once(socket, 'open');
  const reply = (start: string) => eventually(() => got.find((text) => text.startsWith(start)) ?? assert.fail(`${start} among ${got.slice(-3)}`));
  socket.send(`40${JSON.stringify({ token: await fixture.token(user) })}`);
  await reply('40{');
  socket.send(`420["join",${JSON.stringify({ room, history: 0 })}]`);
  await reply('430[{"ok":true');
  const texts = () =>
    got.flatMap((text) => (text.startsWith('42["frame"') ? (JSON.parse(text.slice(2)) as [string, Frame])[1].msgs : [])).map(({ data }) => data);
  return { socket, got, reply, texts };
}

test('an edge answers only what was offered; a broken or unknown offer connects without the extension', async () => {
  await open();
  assert.equal(await answerTo('permessage-deflate;client_max_window_bits'), 'permessage-deflate');
  assert.equal(await answerTo('permessage-deflate; client_no_context_takeover'), 'permessage-deflate; client_no_context_takeover');
  for (const offer of ['permessage-deflate; client_max_window_bits=99', 'permessage-deflate; foo=1', 'permessage-bzip2', ';;', '"'])
    assert.equal(await answerTo(offer), undefined, offer);
  assert.equal(await answerTo('permessage-deflate; foo=1, permessage-deflate; server_no_context_takeover'), 'permessage-deflate; server_no_context_takeover');
});

test('with compression off every offer connects without the extension', async () => {
  await open({ 'edge.deflate': false });
  for (const offer of ['permessage-deflate', 'permessage-deflate; foo=1', ';;']) assert.equal(await answerTo(offer), undefined, offer);
});

test('messages of a client with context, without context and without compression reach all three, in frames compressed once', async () => {
  await open();
  const clients = [
    await enter('context'),
    await enter('alone', { threshold: 0, clientNoContextTakeover: true, serverNoContextTakeover: true }),
    await enter('plain', false),
  ];
  assert.deepEqual(
    clients.map(({ socket }) => socket.extensions),
    ['permessage-deflate', 'permessage-deflate', ''],
  );
  const sent = Array.from({ length: 60 }, (_, index) => `${'弹幕，'.repeat(400)}${index}`);
  for (const [index, text] of sent.entries()) {
    const { socket, reply } = clients[index % 3] ?? assert.fail('no client');
    socket.send(`42${index + 1}${JSON.stringify(['send', { room, type: 'chat', data: text, cid: `c${index}` }])}`);
    await reply(`43${index + 1}[{"ok":true`);
  }
  for (const { texts } of clients) await eventually(() => assert.deepEqual(texts(), sent));
});

test('past half of the memory for contexts a new client is answered without compression, or without context when it offers that', async () => {
  await open({ 'edge.inflate_bytes': 1_048_576 });
  // Text that is not compressible, 32 KiB of each of 16 viewers.
  for (let viewer = 0; viewer < 16; viewer++) {
    const { socket, reply } = await enter(`v${viewer}`);
    for (let index = 1; index <= 8; index++) {
      const data = Array.from({ length: 2_400 }, () => String.fromCharCode(33 + Math.floor(Math.random() * 90))).join('');
      socket.send(`42${index}${JSON.stringify(['send', { room: 'other', type: 'chat', data: data + data, cid: `c${index}` }])}`);
      await reply(`43${index}[`);
    }
  }
  assert.equal(await answerTo('permessage-deflate'), undefined);
  assert.equal(await answerTo('permessage-deflate; client_no_context_takeover'), 'permessage-deflate; client_no_context_takeover');
  const { socket } = await enter('late');
  assert.equal(socket.extensions, '');
  for (const end of ends.splice(0)) await end();
  await eventually(async () => assert.equal(await answerTo('permessage-deflate'), 'permessage-deflate'));
});
