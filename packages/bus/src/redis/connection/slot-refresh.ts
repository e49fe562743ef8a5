// Asks a Redis Cluster again and again which node has which slots, so that a node that joined or a slot that moved is known before a
// command is redirected. The library's own interval (ioredis 6.0.0, `slotsRefreshInterval`) is off: closed while an answer is on its
// way, it starts its next round all the same, and the timer keeps the process from ending.
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
      // While it is connecting it asks by itself.
      if (this.#cluster.status === 'ready') this.#cluster.refreshSlotsCache();
    }, this.#everyMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
