// Peer: socket.io with @socket.io/redis-streams-adapter; a socket.io server without viewers publishes.
import { createAdapter } from '@socket.io/redis-streams-adapter';
import { Redis } from 'ioredis';
import { redisUrl } from './peer-process.ts';
import { serveWith } from './socketio-rooms.ts';

serveWith(createAdapter(new Redis(redisUrl)));
