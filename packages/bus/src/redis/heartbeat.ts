// Notices that a connection which stands is silent: Redis hangs, or the network swallows everything without an end. Commands
// then time out but stay queued for their answers, and a subscription hears nothing for ever; so the connection is ended, and
// ioredis opens a new one. One answer too late is no silence: this process itself may have stood still.
import { Cluster, type Redis } from 'ioredis';

export class Heartbeat {
  readonly #client: Redis | Cluster;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;
  readonly #asking = new WeakSet<Redis>();

  /** `everyMs` is how long the client waits for an answer. */
  constructor(client: Redis | Cluster, everyMs: number) {
    this.#client = client;
    this.#everyMs = everyMs;
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      const nodes = this.#client instanceof Cluster ? this.#client.nodes('all') : [this.#client];
      for (const node of nodes) if (node.status === 'ready' && !this.#asking.has(node)) void this.#beat(node);
    }, this.#everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #beat(node: Redis): Promise<void> {
    this.#asking.add(node);
    if ((await isSilent(node)) && (await isSilent(node))) node.disconnect(true);
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
