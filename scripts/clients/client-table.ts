// The table that `npm run clients` prints, one row for each generator and checker.
import { aligned } from '../matrix/matrix-table.ts';

export interface ClientRow {
  readonly name: string;
  readonly version: string;
  /** `ok`, `FAILED`, or `-` when this step was not reached or does not exist. */
  readonly generated: string;
  readonly compiled: string;
  readonly calls: string;
  readonly seconds: number;
  readonly good: boolean;
  /** Why it failed or was not run; empty when it is good. */
  readonly note: string;
}

export function tableOf(rows: readonly ClientRow[]): string[] {
  const head = ['generator', 'version', 'generated', 'compiled', 'calls', 's', ''];
  return aligned([head, ...rows.map((row) => [row.name, row.version, row.generated, row.compiled, row.calls, row.seconds.toFixed(0), resultOf(row)])]);
}

function resultOf({ good, note }: ClientRow): string {
  if (good) return 'ok';
  return note.startsWith('not run') ? note : 'BAD';
}
