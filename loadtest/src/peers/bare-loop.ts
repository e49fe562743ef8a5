// Peer: the upper bound of Node, a plain loop that writes one prepared WebSocket frame to the TCP socket of every viewer.
import type { Duplex } from 'node:stream';
import * as ws from 'ws';
import { answerTo, openPacket, Rooms } from './bare-rooms.ts';
import { createHttpServer, listen } from './peer-process.ts';
import { takePublished } from './publish-port.ts';

// ws exports Sender, but its types do not.
const { frame: encode } = (ws as unknown as { Sender: { frame(data: Buffer, options: object): Buffer[] } }).Sender;
const frameBytes = (text: string) => Buffer.concat(encode(Buffer.from(text), { opcode: 1, fin: true, mask: false, rsv1: false, readOnly: false }));

const http = createHttpServer();
const rooms = new Rooms<Duplex>();
const upgrader = new ws.WebSocketServer({ noServer: true });
http.on('upgrade', (request, socket, head) => {
  upgrader.handleUpgrade(request, socket, head, (client) => {
    client.send(openPacket);
    client.on('message', (data) => {
      const answer = answerTo(String(data), (room) => rooms.join(room, socket));
      if (answer) client.send(answer);
    });
    client.on('close', () => rooms.leave(socket));
    client.on('error', () => client.terminate());
  });
});
takePublished(({ room, message }) => {
  const bytes = frameBytes(`42["frame",${JSON.stringify(message)}]`);
  for (const socket of rooms.of(room)) socket.write(bytes);
});
listen(http);
