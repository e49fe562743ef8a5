// Returns the address of the server to which a client is connected. With Sentinel, the client's options do not contain this address.
import type { Redis } from 'ioredis';

/** Returns `IP:port` of the open socket, because ioredis does not expose the address that it got from the sentinels. */
export function addressOf(client: Redis): string {
  const { stream } = client as unknown as { stream?: { remoteAddress?: string; remotePort?: number } };
  return `${stream?.remoteAddress}:${stream?.remotePort}`;
}
