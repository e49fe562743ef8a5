// Samples the memory use of the processes of a cluster during a test.
import { readFileSync } from 'node:fs';
import type { ProcessCluster } from './process-cluster.ts';

const everyMs = 500;
const pageBytes = 4_096;
const megabyte = 1_048_576;

export class MemoryWatch {
  readonly #cluster: ProcessCluster;
  readonly #timer: NodeJS.Timeout;
  #highest = new Map<string, number>();

  /** Starts sampling; call `stop` to end it. */
  constructor(cluster: ProcessCluster) {
    this.#cluster = cluster;
    this.#timer = setInterval(() => this.#sample(), everyMs);
  }

  /** Returns the highest RSS of each process in MiB since the last call, and resets it. */
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
      // The second field of statm is the resident set size, in pages.
      const rss = (Number(readFileSync(`/proc/${process.pid}/statm`, 'utf8').split(' ')[1]) * pageBytes) / megabyte;
      this.#highest.set(name, Math.max(this.#highest.get(name) ?? 0, rss));
    }
  }
}
