// Redis connections for what must bring its own: the socket.io adapter, BullMQ.
export { channelPrefix } from './redis/keys.ts';
export { RedisConnection } from './redis/redis-connection.ts';
export { parseRedisUrl, type RedisNode, type RedisTarget } from './redis/redis-url.ts';
