// The rooms of the peers built on socket.io: viewers connect, join a room and receive the messages published to it.
import { Server, type ServerOptions } from 'socket.io';
import { createHttpServer, listen } from './peer-process.ts';

export function serveWith(adapter: NonNullable<ServerOptions['adapter']>): void {
  const http = createHttpServer();
  serveRooms(new Server(http, { adapter, transports: ['websocket'], serveClient: false }));
  listen(http);
}

export function serveRooms(io: Server): void {
  io.on('connection', (socket) => {
    socket.on('join', ({ room }: { room: string }, ack: (answer: object) => void) => {
      void socket.join(room);
      ack({ ok: true, room });
    });
  });
}
