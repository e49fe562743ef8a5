// Peer: socket.io with the sharded adapter of @socket.io/redis-adapter; published by a socket.io server without viewers, since
// the emitter does not speak sharded.
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { redisUrl } from './peer-process.ts';
import { serveWith } from './socketio-rooms.ts';

const publisher = new Redis(redisUrl);
serveWith(createShardedAdapter(publisher, publisher.duplicate()));
