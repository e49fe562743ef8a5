// Detects an open connection whose server no longer answers: Redis hangs, or the network drops packets without closing the connection.
// Commands would time out but stay queued, and a subscription would stay silent for ever, so the heartbeat closes the connection and ioredis
// opens a new one. It does so only after a second check, because this process itself may have been suspended.
import { setTimeout as wait } from 'node:timers/promises';
import { Cluster, type Redis } from 'ioredis';

export class Heartbeat {
  readonly #client: Redis | Cluster;
  readonly #timeoutMs: number;
  #timer: NodeJS.Timeout | undefined;
  readonly #asking = new WeakSet<Redis>();

  /** `timeoutMs` is the command timeout of the client. */
  constructor(client: Redis | Cluster, timeoutMs: number) {
    this.#client = client;
    this.#timeoutMs = timeoutMs;
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      const nodes = this.#client instanceof Cluster ? this.#client.nodes('all') : [this.#client];
      for (const node of nodes) if (node.status === 'ready' && !this.#asking.has(node)) void this.#beat(node);
    }, this.#timeoutMs / 3);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #beat(node: Redis): Promise<void> {
    this.#asking.add(node);
    if (await isSilent(node)) {
      // Check again: if this process was suspended, the replies that arrived meanwhile are read now.
      const silent = await Promise.race([isSilent(node), wait(this.#timeoutMs / 6, true)]);
      if (silent && node.status === 'ready') node.disconnect(true);
    }
    this.#asking.delete(node);
  }
}

/** True only after a timeout on an open connection: any other error is a reply, and ioredis handles a closed connection. */
function isSilent(node: Redis): Promise<boolean> {
  return node.ping().then(
    () => false,
    (error: Error) => error.message === 'Command timed out' && node.status === 'ready',
  );
}
