// Runs the generators and the checkers of the OpenAPI document against a running danmux, one after the other, and returns a row for each. A
// failed or missing one does not stop the others. It judges by exit codes and by the lines that the programs of the calls print.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Checker } from './checkers.ts';
import type { ClientRow } from './client-table.ts';
import type { Generator, Work } from './generator.ts';
import { MissingTool, run } from './tool.ts';

/** The calls of each program, in order: it prints `ok NAME` after each. */
const callNames = ['chat', 'gift', 'history', 'room', 'mute', 'lift', 'problem'];

export interface Target {
  readonly url: string;
  readonly key: string;
  /** A folder for everything that is installed and generated. */
  readonly folder: string;
  /** Path of the document that this api serves. */
  readonly document: string;
}

export async function runGenerator(generator: Generator, target: Target): Promise<ClientRow> {
  const { name, version } = generator;
  const work = await workOf(name, target);
  const row = { name, version, generated: '-', compiled: '-', calls: '-' };
  return timed(row, async () => {
    await generator.check();
    row.generated = 'FAILED';
    await generator.generate(work);
    [row.generated, row.compiled] = ['ok', 'FAILED'];
    await generator.compile(work);
    [row.compiled, row.calls] = ['ok', 'FAILED'];
    const { env, ...command } = generator.calls(work);
    const room = `calls:${name.replaceAll(/[^a-z]+/gi, '-')}`;
    const output = await run({ ...command, env: { ...env, URL: target.url, KEY: target.key, ROOM: room } });
    const made = output.split('\n').flatMap((line) => (line.startsWith('ok ') ? [line.slice(3)] : []));
    if (made.join() !== callNames.join()) throw new Error(`calls made: ${made.join(', ')}\n${output}`);
    row.calls = `${made.length} ok`;
  });
}

export async function runChecker(checker: Checker, target: Target): Promise<ClientRow> {
  const { name, version } = checker;
  const row = { name, version, generated: '-', compiled: '-', calls: '-' };
  const work = await workOf(name, target);
  return timed(row, async () => {
    await checker.check();
    row.calls = 'FAILED';
    row.calls = await checker.run(work, target);
  });
}

async function workOf(name: string, { folder, document }: Target): Promise<Work> {
  const work = { folder: join(folder, name.replaceAll(/[^a-z]+/gi, '-')), shared: folder, document };
  await mkdir(work.folder);
  return work;
}

async function timed(row: Omit<ClientRow, 'seconds' | 'good' | 'note'>, steps: () => Promise<void>): Promise<ClientRow> {
  const start = performance.now();
  let note = '';
  try {
    await steps();
  } catch (error) {
    note = error instanceof MissingTool || error instanceof Error ? error.message : String(error);
  }
  return { ...row, seconds: (performance.now() - start) / 1_000, good: note === '', note };
}
