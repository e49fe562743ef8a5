// Peer: socket.io with the sharded adapter of @socket.io/redis-adapter; a socket.io server without viewers publishes, since the emitter
// does not support sharded pub/sub.
import { createShardedAdapter } from '@socket.io/redis-adapter';
import { Redis } from 'ioredis';
import { redisUrl } from './peer-process.ts';
import { serveWith } from './socketio-rooms.ts';

const publisher = new Redis(redisUrl);
serveWith(createShardedAdapter(publisher, publisher.duplicate()));
