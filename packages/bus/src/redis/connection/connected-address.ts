// Which server a connection reaches: behind sentinels that is not what its options say.
import type { Redis } from 'ioredis';

/** `host:port`, the host as an IP address. ioredis keeps to itself which server the sentinels named. */
export function addressOf(client: Redis): string {
  const { stream } = client as unknown as { stream?: { remoteAddress?: string; remotePort?: number } };
  return `${stream?.remoteAddress}:${stream?.remotePort}`;
}
