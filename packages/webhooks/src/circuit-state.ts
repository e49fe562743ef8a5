// What the cluster remembers of a webhook target that fails: one field of a record, written by the worker that delivers for it and
// by an operator who enables it. Its absence means that all is well. Decisions are made by the worker; this file reads and writes.
import type { Records } from '@danmux/bus';

export interface CircuitState {
  /** `open`: it failed and is tried again at `retry_at`. `disabled`: it said 410, and is not tried. */
  readonly state: 'open' | 'disabled';
  /** Tries that failed since the last that did not. */
  readonly failures: number;
  /** Milliseconds since 1970. */
  readonly retry_at: number;
  /** When it began to fail. */
  readonly since: number;
  readonly error: string;
  /** `targetVersion` of who failed. */
  readonly version: string;
  /** It asked for the wait itself: nothing is tried before `retry_at`. */
  readonly held?: boolean;
}

export interface ReadCircuit {
  /** Null when all is well. */
  readonly circuit: CircuitState | null;
  /** For `writeCircuit`. */
  readonly version: number;
}

const field = 'circuit';

export function circuitRecord(target: string): string {
  return `webhook:${target}`;
}

export async function readCircuit(records: Records, target: string): Promise<ReadCircuit> {
  const { version, fields } = await records.get(circuitRecord(target));
  const circuit = fields.get(field)?.value;
  return { version, circuit: circuit === undefined ? null : (JSON.parse(circuit) as CircuitState) };
}

/** The record's new version; null when somebody wrote since it was read. That it ended, empty for long, is nobody's doing. */
export async function writeCircuit(
  records: Records,
  target: string,
  { version }: Pick<ReadCircuit, 'version'>,
  circuit: CircuitState | null,
): Promise<number | null> {
  const record = circuitRecord(target);
  const fields = new Map([[field, circuit && { value: JSON.stringify(circuit) }]]);
  const written = await records.setIf(record, version, fields);
  return written === null && version !== 0 ? records.setIf(record, 0, fields) : written;
}
