// ioredis sends some commands by itself and looks after none of their answers: ASKING before a command of a slot that moves, and
// SELECT and the subscriptions of a connection that came back. When that connection ends they are rejected with nobody to hear it, and
// an unhandled rejection ends a process. Who sent the command behind them, or waits for `close`, is told of the same end.
//
// While a Cluster is away ioredis also disconnects the same ended subscriber at every attempt, and each time leaves a listener on its
// closed socket, until Node warns of a leak. A connection that has ended is not disconnected again.
import { Redis } from 'ioredis';

const own = ['asking', 'select', 'subscribe', 'psubscribe', 'ssubscribe'] as const;

type Send = (this: unknown, ...args: unknown[]) => unknown;
let done = false;

/** Also for connections that others make of ours (`duplicate`), and those of a Cluster to its nodes; once for the process. */
export function catchOwnCommands(): void {
  if (done) return;
  done = true;
  const prototype = Redis.prototype as unknown as Record<(typeof own)[number], Send>;
  for (const name of own) prototype[name] = caught(prototype[name]);
  const disconnect = Redis.prototype.disconnect;
  Redis.prototype.disconnect = function (this: Redis, reconnect = false): void {
    // One of a Sentinel group has its sentinels to leave.
    if (!reconnect && this.status === 'end' && !this.options.sentinels) return;
    disconnect.call(this, reconnect);
  };
}

/** What is sent is answered as before to who waits for it. */
function caught(send: Send): Send {
  return function (this: unknown, ...args: unknown[]): unknown {
    const sent = send.apply(this, args);
    if (sent instanceof Promise) sent.catch(() => {});
    return sent;
  };
}
