// A server under test, danmux or a peer: the address for viewers, the outlet for publishing, the processes to measure.
import type { OutletSpec } from '../publisher/outlet.ts';

export interface ServerUnderTest {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly outlet: OutletSpec;
  /** Ids of the processes that serve viewers. */
  readonly pids: readonly number[];
  /** Ids of the Redis processes; empty on the memory engine. */
  readonly storePids: readonly number[];
  /** Reads the metrics of the process that serves viewers, as Prometheus text. */
  metrics(): Promise<string>;
  /** Reads the counts of accepted, sequenced and shed messages; danmux only. */
  ledger(): Promise<Ledger | undefined>;
  /** The last output, for error reports. */
  output(): string;
  stop(): Promise<void>;
}

export interface Ledger {
  readonly accepted: Readonly<Record<string, number>>;
  readonly sequenced: Readonly<Record<string, number>>;
  readonly shed: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Describes each lane in which accepted differs from sequenced + shed. */
export function unbalanced({ accepted, sequenced, shed }: Ledger): string[] {
  return Object.keys(accepted).flatMap((lane) => {
    const shedInAll = Object.values(shed[lane] ?? {}).reduce((sum, count) => sum + count, 0);
    const [acceptedCount, accountedFor] = [accepted[lane] ?? 0, (sequenced[lane] ?? 0) + shedInAll];
    return acceptedCount === accountedFor ? [] : [`${lane}: ${acceptedCount} accepted, ${sequenced[lane] ?? 0} sequenced, ${shedInAll} shed`];
  });
}

export async function textOf(url: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.text();
}
