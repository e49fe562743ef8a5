// Redis connections and channel names for code outside the bus that connects to Redis itself: the socket.io adapter, BullMQ and command-line tools.

export { sentinelOptions, serverOptions } from './redis/connection/client-options.ts';
export { RedisConnection } from './redis/connection/connection.ts';
export { parseRedisUrl, type RedisNode, type RedisTarget } from './redis/connection/url.ts';
export { channelPrefix } from './redis/keys.ts';
