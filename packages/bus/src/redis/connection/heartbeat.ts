// Notices that a connection which stands is silent: Redis hangs, or the network swallows everything without an end. Commands
// then time out but stay queued for their answers, and a subscription hears nothing for ever; so the connection is ended, and
// ioredis opens a new one. One answer too late is no silence: this process itself may have stood still.
import { setTimeout as wait } from 'node:timers/promises';
import { Cluster, type Redis } from 'ioredis';

export class Heartbeat {
  readonly #client: Redis | Cluster;
  readonly #timeoutMs: number;
  #timer: NodeJS.Timeout | undefined;
  readonly #asking = new WeakSet<Redis>();

  /** `timeoutMs` is how long the client waits for the answer to a command. */
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
      // What came while this process stood still is read now.
      const silent = await Promise.race([isSilent(node), wait(this.#timeoutMs / 6, true)]);
      if (silent && node.status === 'ready') node.disconnect(true);
    }
    this.#asking.delete(node);
  }
}

/** An error is an answer; a connection that ended is not silent, it is gone. */
function isSilent(node: Redis): Promise<boolean> {
  return node.ping().then(
    () => false,
    (error: Error) => error.message === 'Command timed out' && node.status === 'ready',
  );
}
