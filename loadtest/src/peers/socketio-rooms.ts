// The socket.io server of every peer that is one: viewers connect, join their room and get what is published to it.
import { Server, type ServerOptions } from 'socket.io';
import { createHttpServer, listen } from './peer-process.ts';

export function serveRooms(adapter: ServerOptions['adapter']): void {
  const http = createHttpServer();
  const io = new Server(http, { adapter, transports: ['websocket'], serveClient: false });
  io.on('connection', (socket) => {
    socket.on('join', ({ room }: { room: string }, ack: (answer: object) => void) => {
      void socket.join(room);
      ack({ ok: true, room });
    });
  });
  listen(http);
}
