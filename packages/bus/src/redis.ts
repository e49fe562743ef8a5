// Redis connections and channel names for libraries that need connections of their own: the socket.io adapter and BullMQ.

export { sentinelOptions, serverOptions } from './redis/connection/client-options.ts';
export { RedisConnection } from './redis/connection/connection.ts';
export { parseRedisUrl, type RedisNode, type RedisTarget } from './redis/connection/url.ts';
export { channelPrefix } from './redis/keys.ts';
