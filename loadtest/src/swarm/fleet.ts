// All swarm processes: distributes the viewers, at most 18,000 per process, and sums up the results.

import { type EncodedLatencies, Latencies } from '../latency.ts';
import { ForkedProcess } from '../process/forked-process.ts';
import type { Usage } from '../process/usage.ts';
import type { Opened, OpenOptions, Published, SampleVerdict, SwarmPlan, SwarmTally } from './swarm-calls.ts';

/** A process may open fewer than 20,000 descriptors. */
const viewersPerProcess = 18_000;

export type FleetPlan = Omit<SwarmPlan, 'first' | 'localAddress'>;

export interface FleetTally extends Omit<SwarmTally, 'latencies'> {
  readonly latencies: readonly EncodedLatencies[];
  /** CPU seconds of the swarm since its start. */
  readonly cpuSeconds: number;
}

export interface FleetOpened extends Omit<Opened, 'latencies'> {
  readonly joinMs: Latencies;
}

export class Fleet {
  readonly #processes: readonly ForkedProcess[];

  private constructor(processes: readonly ForkedProcess[]) {
    this.#processes = processes;
  }

  static async start(plan: FleetPlan, core: number | undefined, progress: (joined: number) => void): Promise<Fleet> {
    const count = Math.max(1, Math.ceil(plan.viewers / viewersPerProcess));
    const joined: number[] = Array(count).fill(0);
    const processes: ForkedProcess[] = [];
    for (let at = 0; at < count; at++) {
      const started = await ForkedProcess.start('swarm/swarm-process', core, (event) => {
        joined[at] = (event as { joined: number }).joined;
        progress(joined.reduce((sum, n) => sum + n, 0));
      });
      processes.push(started);
      await started.call('plan', { ...plan, ...shareOf(plan.viewers, count, at), perSecond: plan.perSecond / count, localAddress: `127.0.1.${1 + at}` });
    }
    return new Fleet(processes);
  }

  async open(options: OpenOptions = {}): Promise<FleetOpened> {
    const share = options.perSecond === undefined ? options : { ...options, perSecond: options.perSecond / this.#processes.length };
    const all = await this.#all<Opened>('open', share);
    const joinMs = new Latencies();
    for (const { latencies } of all) joinMs.merge(latencies);
    return {
      joined: sum(all.map(({ joined }) => joined)),
      connected: sum(all.map(({ connected }) => connected)),
      failed: sumOf(all.map(({ failed }) => failed)),
      seconds: Math.max(...all.map(({ seconds }) => seconds)),
      deflate: sum(all.map(({ deflate }) => deflate)),
      joinMs,
    };
  }

  async tally(): Promise<FleetTally> {
    const all = await this.#all<SwarmTally & { usage: Usage }>('tally');
    const total = (pick: (tally: SwarmTally) => number) => sum(all.map(pick));
    return {
      connected: total(({ connected }) => connected),
      frames: total(({ frames }) => frames),
      deliveries: total(({ deliveries }) => deliveries),
      bytes: total(({ bytes }) => bytes),
      sampledMessages: total(({ sampledMessages }) => sampledMessages),
      sampledFrames: total(({ sampledFrames }) => sampledFrames),
      byLane: sumOf(all.map(({ byLane }) => byLane)),
      ended: sumOf(all.map(({ ended }) => ended)),
      gaps: sumOf(all.map(({ gaps }) => gaps)),
      latencies: all.map(({ latencies }) => latencies),
      cpuSeconds: sum(all.map(({ usage }) => usage.cpuSeconds)),
    };
  }

  async verdict(published: Published): Promise<SampleVerdict> {
    const all = await this.#all<SampleVerdict>('verdict', published);
    const lanes: Record<string, { received: number; missing: number; outOfOrder: number }> = {};
    for (const verdict of all) {
      for (const [lane, { received, missing, outOfOrder }] of Object.entries(verdict.lanes)) {
        const known = lanes[lane] ?? { received: 0, missing: 0, outOfOrder: 0 };
        lanes[lane] = { received: known.received + received, missing: known.missing + missing, outOfOrder: known.outOfOrder + outOfOrder };
      }
    }
    return {
      viewers: sum(all.map(({ viewers }) => viewers)),
      compared: sum(all.map(({ compared }) => compared)),
      different: sum(all.map(({ different }) => different)),
      gaps: sumOf(all.map(({ gaps }) => gaps)),
      lanes,
    };
  }

  async pause(share: number): Promise<number> {
    return sum(await this.#all<number>('pause', share));
  }

  async cut(): Promise<number> {
    return sum(await this.#all<number>('cut'));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.stop()));
  }

  #all<T>(method: string, argument: unknown = null): Promise<T[]> {
    return Promise.all(this.#processes.map((one) => one.call<T>(method, argument)));
  }
}

/** Size of part `at` when `viewers` are divided into `count` parts. */
export function shareOf(viewers: number, count: number, at: number): { readonly first: number; readonly viewers: number } {
  const first = Math.floor((viewers * at) / count);
  return { first, viewers: Math.floor((viewers * (at + 1)) / count) - first };
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, n) => all + n, 0);

function sumOf(parts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const part of parts) for (const [name, count] of Object.entries(part)) all[name] = (all[name] ?? 0) + count;
  return all;
}
