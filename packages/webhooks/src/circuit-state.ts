// The stored state of a failing webhook target: one field of a record. The worker that delivers to the target writes it, and so does an operator
// who enables the target. Without the field, the target works. The worker makes the decisions; this file only reads and writes.
import type { Records } from '@danmux/bus';

/** The reason why a target gets no events now, stored for all processes. */
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

/**
 * Writes the state if the record has not changed since it was read. Returns the new version of the record, or null when another process changed it.
 * A record that has expired since it was read counts as unchanged.
 */
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
