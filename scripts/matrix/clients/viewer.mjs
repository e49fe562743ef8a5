// A stock socket.io client: joins a room, sends three chats, and prints what it gets. TRANSPORT, DEFLATE, URL, TOKEN and ROOM come from the
// environment; the lines are described in ../matrix-client.ts.
import { createRequire } from 'node:module';
import { io } from 'socket.io-client';

const { URL: url, TOKEN: token, ROOM: room, TRANSPORT: transport, DEFLATE: deflate, MATRIX: matrix } = process.env;
const say = (line) => process.stdout.write(`${line}\n`);
const text = '弹幕，一条一条地飞过屏幕。'.repeat(60);

const socket = io(url, { auth: { token }, transports: [transport], query: { matrix }, perMessageDeflate: deflate === 'on' ? { threshold: 0 } : false });
say(`version ${createRequire(import.meta.url)('socket.io-client/package.json').version}`);
socket.on('connect', async () => {
  const reply = await socket.emitWithAck('join', { room, history: 0 });
  if (!reply.ok) return say(`refused ${reply.error.code}`);
  say('joined');
  for (const number of [1, 2, 3]) {
    const { ok } = await socket.emitWithAck('send', { room, type: 'chat', data: `${text}${number}`, cid: `${socket.id}${number}` });
    if (ok) say('sent');
  }
});
socket.on('frame', ({ msgs }) => {
  for (const { id, lane } of msgs) if (lane === 'gift') say(`got ${id}`);
});
socket.on('connect_error', ({ message }) => say(`error ${message}`));
socket.on('disconnect', (reason) => say(`away ${reason}`));
