// What the cluster remembers of a webhook target that fails: one field of a record, shared by all workers. Its absence means
// that all is well. Decisions are made by the worker; this file reads and writes.
import type { Records } from '@danmux/bus';

export interface CircuitState {
  /** `open`: it failed and is tried again at `retry_at`. `disabled`: it said 410, and is not tried. */
  readonly state: 'open' | 'disabled';
  /** Tries that failed since the last that did not. */
  readonly failures: number;
  /** Milliseconds since 1970; while a try is under way, when the next one may be made should its worker die. */
  readonly retry_at: number;
  /** When it began to fail. */
  readonly since: number;
  readonly error: string;
  /** `targetVersion` of who failed. */
  readonly version: string;
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
  const value = fields.get(field)?.value;
  return { version, circuit: value === undefined ? null : (JSON.parse(value) as CircuitState) };
}

/** False when somebody wrote since it was read. */
export async function writeCircuit(records: Records, target: string, read: ReadCircuit, circuit: CircuitState | null): Promise<boolean> {
  const value = circuit === null ? null : { value: JSON.stringify(circuit) };
  return (await records.setIf(circuitRecord(target), read.version, new Map([[field, value]]))) !== null;
}
