// The measurements that a process adds to its announcement: event loop lag, CPU, memory and the counters of its role. They cover
// at least two seconds, even if announcements are more frequent. They are about a dozen numbers, so that an announcement stays small.
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { Member } from '@danmux/bus';
import { byLane, type Lane } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';

type MemberNumbers = NonNullable<Member['numbers']>;

/** The measurements of a role. */
export interface RoleNumbers {
  /** Current values. */
  readonly gauges?: Pick<MemberNumbers, 'connections' | 'rooms' | 'shards' | 'waiting' | 'waiting_viewers' | 'waiting_bytes'>;
  /** Monotonic counters; announced as their growth per second. */
  readonly messages?: Readonly<Record<Lane, number>>;
  readonly outBytes?: number;
}

/** A metric with its values, as prom-client returns them. */
interface Counted {
  get(): Promise<{ readonly values: readonly { readonly value: number; readonly labels: Readonly<Partial<Record<string, string | number>>> }[] }>;
}

/** Measuring window, long enough for a percentile and a rate. */
const windowMs = 2_000;
/** Interval of the timer whose delay is the lag, milliseconds. */
const resolutionMs = 10;

export class ProcessStats {
  readonly #runtime: Runtime;
  readonly #ofRole: () => Promise<RoleNumbers>;
  readonly #lag: IntervalHistogram = monitorEventLoopDelay({ resolution: resolutionMs });
  #since = 0;
  #cpu = process.cpuUsage();
  #before: RoleNumbers = {};
  #measured: MemberNumbers = {};

  constructor(runtime: Runtime, ofRole: () => Promise<RoleNumbers>) {
    this.#runtime = runtime;
    this.#ofRole = ofRole;
  }

  start(): void {
    this.#lag.enable();
  }

  stop(): void {
    this.#lag.disable();
  }

  /** `now` is monotonic milliseconds. The first result has neither lag nor rates. */
  async read(now = performance.now()): Promise<MemberNumbers> {
    const passed = now - this.#since;
    if (this.#since === 0 || passed >= windowMs) await this.#measure(now, passed);
    return { ...this.#measured, seen_at: this.#runtime.clock.now() };
  }

  async #measure(now: number, passed: number): Promise<void> {
    const first = this.#since === 0;
    const role = await this.#ofRole();
    const { rss, heapUsed } = process.memoryUsage();
    const own = { started_at: Math.round(this.#runtime.clock.now() - performance.now()), rss_bytes: rss, heap_bytes: heapUsed, ...role.gauges };
    this.#measured = first ? own : { ...own, ...this.#ofTime(passed), ...this.#rates(role, passed) };
    this.#since = now;
    this.#cpu = process.cpuUsage();
    this.#before = role;
    this.#lag.reset();
  }

  #ofTime(passed: number): MemberNumbers {
    const { user, system } = process.cpuUsage(this.#cpu);
    const late = this.#lag.count > 0 ? this.#lag.percentile(99) / 1e6 - resolutionMs : 0;
    return { lag_ms: rounded(Math.max(0, late), 10), cpu: rounded((user + system) / 1_000 / passed, 100) };
  }

  #rates({ messages, outBytes }: RoleNumbers, passed: number): MemberNumbers {
    const before = this.#before;
    const rate = (count: number, was: number, steps: number) => rounded((Math.max(0, count - was) / passed) * 1_000, steps);
    return {
      ...(messages ? { per_second: byLane((lane) => rate(messages[lane], before.messages?.[lane] ?? 0, 10)) } : {}),
      ...(outBytes === undefined ? {} : { out_bytes_per_second: rate(outBytes, before.outBytes ?? 0, 1) }),
    };
  }
}

/** Sums the values of a metric by lane, over the rows with these labels. */
export async function laneTotals(metric: Counted, labels: Readonly<Record<string, string>> = {}): Promise<Record<Lane, number>> {
  const { values } = await metric.get();
  const rows = values.filter((row) => Object.entries(labels).every(([name, value]) => row.labels[name] === value));
  return byLane((lane) => rows.filter((row) => row.labels['lane'] === lane).reduce((sum, { value }) => sum + value, 0));
}

/** Returns the value of a metric that has no labels. */
export async function totalOf(metric: Counted): Promise<number> {
  return (await metric.get()).values.reduce((sum, { value }) => sum + value, 0);
}

function rounded(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}
