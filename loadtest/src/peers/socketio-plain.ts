// Peer: socket.io by itself, one process without a Redis.
import { Server } from 'socket.io';
import { createHttpServer, listen } from './peer-process.ts';
import { takePublished } from './publish-port.ts';
import { serveRooms } from './socketio-rooms.ts';

const http = createHttpServer();
const io = new Server(http, { transports: ['websocket'], serveClient: false });
serveRooms(io);
takePublished(({ room, message }) => io.to(room).emit('frame', message));
listen(http);
