// Asks a Redis Cluster every five seconds which node has which slots, so that a node that joined or a slot that moved is known before a command is
// redirected. ioredis's own interval (`slotsRefreshInterval`) is disabled because of a fault in ioredis 6.0.0: when the client is closed while a
// reply is pending, ioredis still sets the timer for the next refresh, and this timer keeps the process from ending.
import type { Cluster } from 'ioredis';

const refreshEveryMs = 5_000;

export class SlotRefresh {
  readonly #cluster: Cluster;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(cluster: Cluster, everyMs = refreshEveryMs) {
    this.#cluster = cluster;
    this.#everyMs = everyMs;
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      // While ioredis connects, it asks for the slots by itself.
      if (this.#cluster.status === 'ready') this.#cluster.refreshSlotsCache();
    }, this.#everyMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
