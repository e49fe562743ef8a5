// The stored state of a failing webhook target: one field of a record, written by the worker that delivers to it and by an operator who enables
// it. No field means the target works. The worker makes the decisions; this file only reads and writes.
import type { Records } from '@danmux/bus';

/** Why a target does not get its events now, as stored for all processes. */
export interface CircuitState {
  /** `open`: it failed and is retried at `retry_at`. `disabled`: it answered 410 and is not retried. */
  readonly state: 'open' | 'disabled';
  /** Failed attempts since the last success. */
  readonly failures: number;
  /** Milliseconds since 1970. */
  readonly retry_at: number;
  /** Time of the first failure, milliseconds since 1970. */
  readonly since: number;
  readonly error: string;
  /** `targetVersion` of the target that failed. */
  readonly version: string;
  /** The target requested the wait (Retry-After): no attempt is made before `retry_at`. */
  readonly held?: boolean;
}

/** The stored state of a target and the version of its record. */
export interface ReadCircuit {
  /** Null when the target works. */
  readonly circuit: CircuitState | null;
  /** Record version to pass to `writeCircuit`. */
  readonly version: number;
}

const field = 'circuit';

/** Name of the record with the state of a target. */
export function circuitRecord(target: string): string {
  return `webhook:${target}`;
}

/** Reads the state of a target; rejects with `unavailable` while the store is away. */
export async function readCircuit(records: Records, target: string): Promise<ReadCircuit> {
  const { version, fields } = await records.get(circuitRecord(target));
  const circuit = fields.get(field)?.value;
  return { version, circuit: circuit === undefined ? null : (JSON.parse(circuit) as CircuitState) };
}

/** Returns the record's new version; null when another process wrote since it was read. Expiry of an empty record does not count as a write. */
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
