// Peer: the ws library alone, `client.send(text)` for every viewer of the room.
import { WebSocket, WebSocketServer } from 'ws';
import { answerTo, openPacket, Rooms } from './bare-rooms.ts';
import { createHttpServer, listen } from './peer-process.ts';
import { takePublished } from './publish-port.ts';

const http = createHttpServer();
const rooms = new Rooms<WebSocket>();
new WebSocketServer({ server: http }).on('connection', (client) => {
  client.send(openPacket);
  client.on('message', (data) => {
    const answer = answerTo(String(data), (room) => rooms.join(room, client));
    if (answer) client.send(answer);
  });
  client.on('close', () => rooms.leave(client));
  client.on('error', () => client.terminate());
});
takePublished(({ room, message }) => {
  const text = `42["frame",${JSON.stringify(message)}]`;
  for (const client of rooms.of(room)) if (client.readyState === WebSocket.OPEN) client.send(text);
});
listen(http);
