// Peer: socket.io with @socket.io/redis-streams-adapter; published by a socket.io server without viewers.
import { createAdapter } from '@socket.io/redis-streams-adapter';
import { Redis } from 'ioredis';
import { redisUrl } from './peer-process.ts';
import { serveWith } from './socketio-rooms.ts';

serveWith(createAdapter(new Redis(redisUrl)));
