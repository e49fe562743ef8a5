// Handles the rejections of commands that ioredis sends by itself without handling their promises: ASKING before a command for a migrating
// slot, and SELECT and the resubscriptions after a reconnect. When the connection closes, these promises are rejected, and an unhandled
// rejection ends the process. The caller of the actual command still receives the error.
//
// While a Cluster is unreachable, ioredis also disconnects the same ended subscriber at every attempt and adds a listener to its closed
// socket each time, until Node warns of a leak. This module therefore skips `disconnect` on connections that have ended.
import { Redis } from 'ioredis';

const own = ['asking', 'select', 'subscribe', 'psubscribe', 'ssubscribe'] as const;

type Send = (this: unknown, ...args: unknown[]) => unknown;
let done = false;

/** Patches the prototype of Redis once for the process, so that duplicates and the node connections of a Cluster are covered. */
export function catchOwnCommands(): void {
  if (done) return;
  done = true;
  const prototype = Redis.prototype as unknown as Record<(typeof own)[number], Send>;
  for (const name of own) prototype[name] = caught(prototype[name]);
  const disconnect = Redis.prototype.disconnect;
  Redis.prototype.disconnect = function (this: Redis, reconnect = false): void {
    // A Sentinel client that has ended must still disconnect from its sentinels.
    if (!reconnect && this.status === 'end' && !this.options.sentinels) return;
    disconnect.call(this, reconnect);
  };
}

/** Marks the rejection as handled; callers that await the promise still receive it. */
function caught(send: Send): Send {
  return function (this: unknown, ...args: unknown[]): unknown {
    const sent = send.apply(this, args);
    if (sent instanceof Promise) sent.catch(() => {});
    return sent;
  };
}
