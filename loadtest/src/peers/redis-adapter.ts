// Peer: socket.io with @socket.io/redis-adapter; @socket.io/redis-emitter publishes.
import { createAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { redisUrl } from './peer-process.ts';
import { serveWith } from './socketio-rooms.ts';

const publisher = new Redis(redisUrl);
serveWith(createAdapter(publisher, publisher.duplicate()));
