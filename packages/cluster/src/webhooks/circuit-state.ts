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
  /** It refuses whatever it is given: only an event that it takes ends that. */
  readonly refusing?: true;
  /** When it began to fail. */
  readonly since: number;
  readonly error: string;
  /** `targetVersion` of who failed. */
  readonly version: string;
}

export interface ReadCircuit {
  /** Null when all is well. */
  readonly circuit: CircuitState | null;
  /** Ids of the events it refused since it last took one, as far as is known; few. */
  readonly refused: readonly string[];
  /** For `writeCircuit`. */
  readonly version: number;
}

const fields = { circuit: 'circuit', refused: 'refused' } as const;

export function circuitRecord(target: string): string {
  return `webhook:${target}`;
}

export async function readCircuit(records: Records, target: string): Promise<ReadCircuit> {
  const { version, fields: stored } = await records.get(circuitRecord(target));
  const circuit = stored.get(fields.circuit)?.value;
  const refused = stored.get(fields.refused)?.value;
  return {
    version,
    circuit: circuit === undefined ? null : (JSON.parse(circuit) as CircuitState),
    refused: refused === undefined ? [] : (JSON.parse(refused) as string[]),
  };
}

/** False when somebody wrote since it was read. */
export async function writeCircuit(
  records: Records,
  target: string,
  { version }: Pick<ReadCircuit, 'version'>,
  circuit: CircuitState | null,
  refused: readonly string[] = [],
): Promise<boolean> {
  const written = await records.setIf(
    circuitRecord(target),
    version,
    new Map([
      [fields.circuit, circuit && { value: JSON.stringify(circuit) }],
      [fields.refused, refused.length === 0 ? null : { value: JSON.stringify(refused) }],
    ]),
  );
  return written !== null;
}
