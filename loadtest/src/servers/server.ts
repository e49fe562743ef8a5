// A server under test, danmux or a peer, as the scenarios see it: where viewers connect, where to publish, which processes
// to watch.
import type { OutletSpec } from '../publisher/outlet.ts';

export interface ServerUnderTest {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly outlet: OutletSpec;
  /** The processes that serve viewers. */
  readonly pids: readonly number[];
  /** The store beside them; none on the memory engine. */
  readonly storePids: readonly number[];
  /** Prometheus text of the process that serves viewers. */
  metrics(): Promise<string>;
  /** What was accepted, sent and shed; only danmux keeps such a record. */
  ledger(): Promise<Ledger | undefined>;
  /** What it printed last, for the report of a failure. */
  output(): string;
  stop(): Promise<void>;
}

export interface Ledger {
  readonly accepted: Readonly<Record<string, number>>;
  readonly sequenced: Readonly<Record<string, number>>;
  readonly shed: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Lanes in which what was accepted is not what was sent and what was shed, as text. */
export function unbalanced({ accepted, sequenced, shed }: Ledger): string[] {
  return Object.keys(accepted).flatMap((lane) => {
    const shedInAll = Object.values(shed[lane] ?? {}).reduce((sum, count) => sum + count, 0);
    const [took, gave] = [accepted[lane] ?? 0, (sequenced[lane] ?? 0) + shedInAll];
    return took === gave ? [] : [`${lane}: ${took} accepted, ${sequenced[lane] ?? 0} sequenced, ${shedInAll} shed`];
  });
}

export async function textOf(url: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.text();
}
