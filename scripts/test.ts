// `npm test`: runs the parts of scripts/suite/parts.ts in order, continues after a failure, shows their output and ends with a table
// and the line `N passed, N failed`. `--only unit,php` selects parts, `--list` names them.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Count, sum } from './suite/count.ts';
import { endLeftovers, killLeftovers } from './suite/leftovers.ts';
import { type Part, parts } from './suite/parts.ts';
import { killAll, testEnvironment } from './suite/process-group.ts';

interface Row extends Count {
  readonly part: string;
  readonly seconds: string;
}

const root = new URL('..', import.meta.url).pathname;
/**
 * Folder for temporary files of this run. Its path is in the environment of every process of the run, and leftover processes are found by it. The
 * path is short because Unix sockets are created in the folder.
 */
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dm-')));
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

function chosenParts(only: string | undefined): readonly Part[] {
  if (only === undefined) return parts.filter(({ onRequest }) => !onRequest);
  const names = only.split(',');
  const unknown = names.filter((name) => !parts.some((part) => part.name === name));
  if (unknown.length === 0) return parts.filter((part) => names.includes(part.name));
  console.error(`There is no part ${unknown.join(', ')}; the parts are ${parts.map((part) => part.name).join(', ')}.`);
  process.exit(2);
}

async function runPart(part: Part): Promise<Row> {
  console.log(`\n━━ ${part.name}: ${part.does}`);
  const startedAt = Date.now();
  const count = await part.run(root, { cwd: root, env: testEnvironment(folder), timeoutMs: part.timeoutMs });
  const left = await endLeftovers(folder, 5_000);
  for (const { pid, command } of left) console.error(`${part.name} left a process behind, which was killed: ${pid} ${command}`);
  return { ...sum([count, { passed: 0, failed: left.length > 0 ? 1 : 0 }]), part: part.name, seconds: ((Date.now() - startedAt) / 1_000).toFixed(1) };
}

/** The failures once more, after all output, where they are found without a search. */
function printFailures(rows: readonly Row[]): void {
  for (const { part, failures = [] } of rows) for (const failure of failures) console.log(`\n✖ ${part}: ${failure}`);
}

function printTable(rows: readonly Row[]): void {
  console.log(`\n${'part'.padEnd(10)}${'passed'.padStart(8)}${'failed'.padStart(8)}${'seconds'.padStart(9)}`);
  for (const { part, passed, failed, seconds } of rows)
    console.log(`${part.padEnd(10)}${String(passed).padStart(8)}${String(failed).padStart(8)}${seconds.padStart(9)}`);
}

/** Makes `signal` kill every started process and end this one with `code`. */
function endAt(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', code: number): void {
  process.on(signal, () => {
    killAll();
    killLeftovers(folder);
    process.exit(code);
  });
}

const { values } = parseArgs({ options: { only: { type: 'string' }, list: { type: 'boolean' } } });
if (values.list) {
  for (const part of parts) console.log(`${part.name.padEnd(10)}${part.does}`);
} else {
  endAt('SIGINT', 130);
  endAt('SIGTERM', 143);
  endAt('SIGHUP', 129);
  const rows: Row[] = [];
  for (const part of chosenParts(values.only)) rows.push(await runPart(part));
  printFailures(rows);
  printTable(rows);
  if (values.only === undefined) for (const { name, onRequest } of parts) if (onRequest) console.log(`not run: ${name} (npm test -- --only ${name})`);
  const { passed, failed } = sum(rows);
  process.exitCode = failed === 0 ? 0 : 1;
  console.log(`${passed} passed, ${failed} failed`);
}
