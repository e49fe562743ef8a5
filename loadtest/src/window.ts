// Sums the seconds of a run up to a window: rates, shares and percentiles.
import { type EncodedLatencies, Latencies, type Percentiles } from './latency.ts';
import type { Rates } from './publisher/publisher.ts';

/** Measurements of one second. */
export interface Second {
  readonly at: number;
  readonly deliveries: number;
  readonly frames: number;
  readonly bytes: number;
  /** Share of a core, from 0 to 1. */
  readonly serverCpu: number;
  readonly storeCpu: number;
  readonly swarmCpu: number;
  /** Share of the servers' core used by other programs, including the interrupts of the network traffic. */
  readonly otherCpu: number;
  readonly rssBytes: number;
  readonly connected: number;
  readonly latencies: Readonly<Record<string, Percentiles>>;
}

/** The sum over the seconds of a window. */
export interface Window {
  readonly seconds: number;
  readonly offered: Rates;
  readonly deliveriesPerSecond: number;
  readonly framesPerSecond: number;
  readonly byLanePerSecond: Readonly<Record<string, number>>;
  readonly bytesPerDelivery: number;
  readonly messagesPerFrame: number;
  readonly serverCpu: number;
  readonly storeCpu: number;
  readonly swarmCpu: number;
  readonly otherCpu: number;
  readonly cpuSecondsPerMillion: number;
  readonly rssBytes: number;
  /** Milliseconds; undefined when the server does not report it. */
  readonly loopLagP99: number | undefined;
  readonly latencies: Readonly<Record<string, Percentiles>>;
}

interface SecondSum {
  readonly second: Second;
  readonly elapsed: number;
  readonly bytes: number;
  readonly deliveries: number;
  readonly frames: number;
  readonly byLane: Readonly<Record<string, number>>;
  readonly latencies: readonly EncodedLatencies[];
}

export class WindowSums {
  readonly #parts: SecondSum[] = [];
  readonly #latencies = new Latencies();

  add(part: SecondSum): void {
    this.#parts.push(part);
    for (const encoded of part.latencies) this.#latencies.merge(encoded);
  }

  window(known: Pick<Window, 'seconds' | 'offered' | 'rssBytes' | 'loopLagP99'>): Window {
    const { seconds } = known;
    const total = (pick: (part: SecondSum) => number) => this.#parts.reduce((sum, part) => sum + pick(part), 0);
    const deliveries = total((part) => part.deliveries);
    const frames = total((part) => part.frames);
    const cpu = (pick: (second: Second) => number) => total((part) => pick(part.second) * part.elapsed);
    const byLane: Record<string, number> = {};
    for (const part of this.#parts) for (const [lane, count] of Object.entries(part.byLane)) byLane[lane] = (byLane[lane] ?? 0) + count / seconds;
    const serverCpu = cpu((second) => second.serverCpu);
    const storeCpu = cpu((second) => second.storeCpu);
    return {
      ...known,
      deliveriesPerSecond: deliveries / seconds,
      framesPerSecond: frames / seconds,
      byLanePerSecond: byLane,
      bytesPerDelivery: deliveries > 0 ? total((part) => part.bytes) / deliveries : 0,
      messagesPerFrame: frames > 0 ? deliveries / frames : 0,
      serverCpu: serverCpu / seconds,
      storeCpu: storeCpu / seconds,
      swarmCpu: cpu((second) => second.swarmCpu) / seconds,
      otherCpu: cpu((second) => second.otherCpu) / seconds,
      cpuSecondsPerMillion: deliveries > 0 ? ((serverCpu + storeCpu) / deliveries) * 1e6 : 0,
      latencies: this.#latencies.all(),
    };
  }
}
