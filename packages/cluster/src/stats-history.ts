// The cluster's statistics of the last hour. One worker at a time takes samples and the store keeps them, so that charts survive a restart of
// the api. A sample holds totals, not rates, so that another worker can take the next one. Missing samples are never interpolated.
import type { Bus, LogEntry, Member } from '@danmux/bus';
import { byLane, type Lane } from '@danmux/protocol';

/** Interval between two samples, milliseconds. */
export const sampleEveryMs = 10_000;
/** One hour of samples. */
export const samplesKept = 360;
const log = 'stats';

/** Numbers of the whole cluster at one moment. Rates are differences of two samples. */
export interface StatsSample {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly online: number;
  readonly rooms: number;
  readonly connections: number;
  /** Null when no process announced a value. */
  readonly lag_ms: number | null;
  /** Totals since the store started. */
  readonly accepted: Readonly<Record<Lane, number>>;
  readonly sequenced: Readonly<Record<Lane, number>>;
  readonly shed: Readonly<Record<Lane, number>>;
}

type Stores = Pick<Bus, 'presence' | 'ledger' | 'members' | 'logs'>;

/** Takes a sample: reads one hash per shard, the presence totals and the members; writes about 400 bytes. */
export async function takeSample(bus: Stores, at: number): Promise<StatsSample> {
  const [{ online, rooms }, ledger, members] = await Promise.all([bus.presence.totals(), bus.ledger.totals(), bus.members.list()]);
  const shed = byLane((lane) => sum(Object.values(ledger.shed[lane])));
  const { accepted, sequenced } = ledger;
  const sample: StatsSample = { at, online, rooms, connections: connectionsOf(members), lag_ms: lagOf(members), accepted, sequenced, shed };
  await bus.logs.append(log, [JSON.stringify(sample)], samplesKept);
  return sample;
}

/** Samples, oldest first. */
export async function readSamples({ logs }: Pick<Bus, 'logs'>): Promise<readonly StatsSample[]> {
  const { entries } = await logs.page(log, undefined, samplesKept);
  return entries.map(({ text }: LogEntry) => JSON.parse(text) as StatsSample).sort((a, b) => a.at - b.at);
}

function connectionsOf(members: readonly Member[]): number {
  return sum(members.map(({ numbers }) => numbers?.connections ?? 0));
}

function lagOf(members: readonly Member[]): number | null {
  const lags = members.flatMap(({ numbers }) => numbers?.lag_ms ?? []);
  return lags.length > 0 ? Math.max(...lags) : null;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
