// A server under test with its viewers and publisher. Scenarios set the rates and inject faults; a stage measures once a second and sums
// the seconds of a window up.
import { eventually, metricIn, testSecrets } from '@danmux/testkit';
import { Latencies } from './latency.ts';
import type { Cores } from './process/core.ts';
import { busySeconds } from './process/core-time.ts';
import { ForkedProcess } from './process/forked-process.ts';
import { usageOf } from './process/usage.ts';
import { chatBytes } from './publisher/chat-message.ts';
import type { PublisherPlan, PublisherTally, Rates } from './publisher/publisher.ts';
import { type Ledger, type ServerUnderTest, unbalanced } from './servers/server.ts';
import { Fleet, type FleetOpened, type FleetPlan } from './swarm/fleet.ts';
import type { OpenOptions, SampleVerdict } from './swarm/swarm-calls.ts';
import { type Second, type Window, WindowSums } from './window.ts';

export interface StageOptions {
  readonly cores: Cores;
  readonly viewers: number;
  readonly rooms?: number;
  readonly deflate?: boolean;
  readonly sampleEvery?: number;
  readonly connectPerSecond?: number;
  readonly chatBurst?: number;
  readonly chatBytes?: number;
  /** False when viewers join after the first message; default true. */
  readonly expectFirst?: boolean;
  /** Shows a progress line that replaces the previous one. */
  readonly progress: (line: string) => void;
}

export interface Settled {
  readonly verdict: SampleVerdict;
  readonly publisher: PublisherTally;
  readonly ended: Readonly<Record<string, number>>;
  readonly gaps: Readonly<Record<string, number>>;
  readonly ledger: Ledger | undefined;
  readonly unbalanced: readonly string[];
}

export class Stage {
  readonly server: ServerUnderTest;
  readonly timeline: Second[] = [];
  readonly rssBefore: number;
  readonly #options: StageOptions;
  readonly #fleet: Fleet;
  readonly #publisher: ForkedProcess;
  #rates: Rates = { chat: 0, gift: 0 };

  private constructor(server: ServerUnderTest, options: StageOptions, rssBefore: number, fleet: Fleet, publisher: ForkedProcess) {
    this.server = server;
    this.#options = options;
    this.rssBefore = rssBefore;
    this.#fleet = fleet;
    this.#publisher = publisher;
  }

  /** Starts the swarm and the publisher for a running server. It connects no viewer. `stop` ends the server as well. */
  static async build(server: ServerUnderTest, options: StageOptions): Promise<Stage> {
    const { cores, viewers, progress } = options;
    const rooms = roomNames(options.rooms ?? 1);
    const rssBefore = usageOf(server.pids).rssBytes;
    const fleet = await Fleet.start(fleetPlan(server, options, rooms), cores.clients, (joined) =>
      progress(`${server.name}: ${joined} of ${viewers} viewers have joined`),
    );
    const publisher = await ForkedProcess.start('publisher/publisher-process', cores.clients);
    const plan: PublisherPlan = { rooms, chatBurst: options.chatBurst ?? 1, chatBytes: options.chatBytes ?? chatBytes };
    await publisher.call('plan', { plan, outlet: server.outlet });
    return new Stage(server, options, rssBefore, fleet, publisher);
  }

  /** Connects all viewers; throws unless every one has joined. */
  async open(): Promise<FleetOpened> {
    const opened = await this.reopen({});
    if (opened.joined !== this.#options.viewers)
      throw new Error(`${this.server.name}: ${opened.joined} of ${this.#options.viewers} viewers joined; ${JSON.stringify(opened.failed)}`);
    return opened;
  }

  /** Connects the viewers that are not connected; does not throw for those that fail. */
  reopen(options: OpenOptions): Promise<FleetOpened> {
    return this.#fleet.open(options);
  }

  pause(share: number): Promise<number> {
    return this.#fleet.pause(share);
  }

  cut(): Promise<number> {
    return this.#fleet.cut();
  }

  rss(): number {
    return usageOf(this.server.pids).rssBytes;
  }

  async publish(rates: Rates): Promise<void> {
    this.#rates = rates;
    await this.#publisher.call('rates', rates);
  }

  /** Measures for the given seconds from now; `until` ends it early. */
  async watch(seconds: number, label = '', until: () => boolean = () => false): Promise<Window> {
    await this.#loopLag();
    const sums = new WindowSums();
    const { cpuSeconds } = await this.#fleet.tally();
    const startedAt = performance.now();
    let before = this.#usages(cpuSeconds);
    for (let second = 1; second <= seconds && !until(); second++) {
      const wait = startedAt + second * 1_000 - performance.now();
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, wait)));
      before = await this.#second(sums, before, label);
    }
    const watched = (performance.now() - startedAt) / 1_000;
    const lag = await this.#loopLag();
    return sums.window({ seconds: watched, offered: this.#rates, rssBytes: this.rss(), loopLagP99: lag });
  }

  async #second(sums: WindowSums, before: Usages, label: string): Promise<Usages> {
    const tally = await this.#fleet.tally();
    const now = this.#usages(tally.cpuSeconds);
    const elapsed = (now.at - before.at) / 1_000;
    const latencies = new Latencies();
    for (const encoded of tally.latencies) latencies.merge(encoded);
    const share = (name: 'server' | 'store' | 'swarm' | 'core') => (now[name] - before[name]) / elapsed;
    const second: Second = {
      at: Date.now(),
      deliveries: tally.deliveries / elapsed,
      frames: tally.frames / elapsed,
      bytes: tally.bytes / elapsed,
      serverCpu: share('server'),
      storeCpu: share('store'),
      swarmCpu: share('swarm'),
      otherCpu: Math.max(0, share('core') - share('server') - share('store')),
      rssBytes: this.rss(),
      connected: tally.connected,
      latencies: latencies.all(),
    };
    this.timeline.push(second);
    sums.add({ second, elapsed, bytes: tally.bytes, deliveries: tally.deliveries, frames: tally.frames, byLane: tally.byLane, latencies: tally.latencies });
    this.#options.progress(`${this.server.name} ${label}: ${lineOf(second)}`);
    return now;
  }

  /** Stops publishing and waits until no more frames arrive. */
  async drain(timeoutMs = 20_000): Promise<PublisherTally> {
    await this.publish({ chat: 0, gift: 0 });
    return this.#quiet(timeoutMs);
  }

  /** Stops publishing, waits until no more frames arrive and returns the verdict on all published messages. */
  async settle(timeoutMs = 20_000): Promise<Settled> {
    const publisher = await this.drain(timeoutMs);
    const published = await this.#publisher.call<Record<string, Record<string, number>>>('published');
    const verdict = await this.#fleet.verdict(published);
    const { ended, gaps } = await this.#fleet.tally();
    const ledger = await this.#balancedLedger();
    return { verdict, publisher, ended, gaps, ledger, unbalanced: ledger ? unbalanced(ledger) : [] };
  }

  /** Waits until the publisher's queue is empty and a second has passed without a frame, or until the time limit. */
  async #quiet(timeoutMs: number): Promise<PublisherTally> {
    const end = performance.now() + timeoutMs;
    await this.#fleet.tally();
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const publisher = await this.#publisher.call<PublisherTally>('tally');
      const { frames } = await this.#fleet.tally();
      const waiting = Object.values(publisher.waiting).some((count) => count > 0);
      if ((frames === 0 && !waiting) || performance.now() > end) return publisher;
      this.#options.progress(`${this.server.name}: waiting for messages under way, ${Math.round(frames)} frames in the last second`);
    }
  }

  async #balancedLedger(): Promise<Ledger | undefined> {
    const read = () => this.server.ledger();
    try {
      return await eventually(async () => {
        const ledger = await read();
        if (ledger && unbalanced(ledger).length > 0) throw new Error('not yet');
        return ledger;
      });
    } catch {
      // The ledger did not balance in time. The report shows the numbers of each unbalanced lane.
      return read();
    }
  }

  async stop(): Promise<void> {
    await Promise.all([this.#fleet.stop(), this.#publisher.stop()]);
    await this.server.stop();
  }

  #usages(swarm: number): Usages {
    return {
      at: performance.now(),
      server: usageOf(this.server.pids).cpuSeconds,
      store: usageOf(this.server.storePids).cpuSeconds,
      swarm,
      core: busySeconds(this.#options.cores.server),
    };
  }

  /** Sums the series of a metric of the server with these labels; undefined when there is none. */
  async metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
    return metricIn(await this.server.metrics(), name, labels);
  }

  /** Change since the last call. Undefined also when the server is too busy to answer, as a flooded peer is. */
  async #loopLag(): Promise<number | undefined> {
    try {
      const seconds = await this.metric('nodejs_eventloop_lag_p99_seconds');
      return seconds === undefined ? undefined : seconds * 1_000;
    } catch (error) {
      if ((error as Error).name !== 'TimeoutError') throw error;
      this.#options.progress(`${this.server.name}: too busy to show its metrics`);
      return undefined;
    }
  }
}

interface Usages {
  readonly at: number;
  readonly server: number;
  readonly store: number;
  readonly swarm: number;
  readonly core: number;
}

function roomNames(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `live:${at + 1}`);
}

function fleetPlan(server: ServerUnderTest, options: StageOptions, rooms: readonly string[]): FleetPlan {
  const { viewers, deflate = false, sampleEvery = 50, connectPerSecond = 1_000, expectFirst = true } = options;
  const { DANMUX_TOKEN_SECRET: tokenSecret } = testSecrets;
  return { host: server.host, port: server.port, rooms, viewers, perSecond: connectPerSecond, deflate, sampleEvery, tokenSecret, expectFirst };
}

function lineOf({ deliveries, serverCpu, swarmCpu, connected, latencies }: Second): string {
  const lanes = Object.entries(latencies).map(([lane, { p99 }]) => `${lane} p99 ${p99} ms`);
  return [
    `${Math.round(deliveries).toLocaleString('en')} deliveries/s`,
    ...lanes,
    `server ${percent(serverCpu)}`,
    `swarm ${percent(swarmCpu)}`,
    `${connected} connected`,
  ].join(', ');
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
