// Redis connections for what must bring its own: the socket.io adapter, BullMQ.

export { RedisConnection } from './redis/connection/connection.ts';
export { parseRedisUrl, type RedisNode, type RedisTarget } from './redis/connection/url.ts';
export { channelPrefix } from './redis/keys.ts';
