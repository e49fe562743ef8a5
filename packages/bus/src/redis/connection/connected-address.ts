// Finds the server that a connection is open to; with Sentinel the client's options do not contain it.
import type { Redis } from 'ioredis';

/** Returns `IP:port` of the open socket; ioredis does not expose which server the sentinels named. */
export function addressOf(client: Redis): string {
  const { stream } = client as unknown as { stream?: { remoteAddress?: string; remotePort?: number } };
  return `${stream?.remoteAddress}:${stream?.remotePort}`;
}
