// How much memory the processes of a cluster take, sampled while something happens to them.
import { readFileSync } from 'node:fs';
import type { ProcessCluster } from './process-cluster.ts';

const everyMs = 500;
const pageBytes = 4_096;
const megabyte = 1_048_576;

export class MemoryWatch {
  readonly #cluster: ProcessCluster;
  readonly #timer: NodeJS.Timeout;
  #highest = new Map<string, number>();

  /** Begins to look; `stop` ends it. */
  constructor(cluster: ProcessCluster) {
    this.#cluster = cluster;
    this.#timer = setInterval(() => this.#sample(), everyMs);
  }

  /** The highest RSS of each process since the last call, MiB; begins anew. */
  take(): ReadonlyMap<string, number> {
    this.#sample();
    const taken = this.#highest;
    this.#highest = new Map();
    return taken;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    for (const { name, process } of this.#cluster.nodes) {
      if (!process.running) continue;
      // The second field is the resident set.
      const rss = (Number(readFileSync(`/proc/${process.pid}/statm`, 'utf8').split(' ')[1]) * pageBytes) / megabyte;
      this.#highest.set(name, Math.max(this.#highest.get(name) ?? 0, rss));
    }
  }
}
