// Peer: socket.io with @socket.io/redis-streams-adapter. Another socket.io server, without viewers, publishes (../publisher/peer-outlet.ts).
import { createAdapter } from '@socket.io/redis-streams-adapter';
import { Redis } from 'ioredis';
import { redisUrl } from './peer-process.ts';
import { serveWith } from './socketio-rooms.ts';

serveWith(createAdapter(new Redis(redisUrl)));
