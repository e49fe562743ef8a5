// Runs files of node:test with the spec reporter for people and count-reporter.mjs for the sums.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type Count, withExit, withFailures } from './count.ts';
import { type ProgramOptions, runProgram } from './process-group.ts';

interface Result {
  readonly file?: string;
  readonly name: string;
  readonly passed: boolean;
  readonly skipped: boolean;
  readonly hollow: boolean;
  /** Message of the error, of a test that failed. */
  readonly error?: string;
}

/** Time limit of a test file. The slowest one takes two minutes. */
const fileLimitMs = 420_000;

const reporter = new URL('count-reporter.mjs', import.meta.url).pathname;

/** `serial` runs the files one by one; otherwise one per core, at least two, run at the same time. */
export async function runNodeTests(files: readonly string[], serial: boolean, options: ProgramOptions): Promise<Count> {
  if (files.length === 0) {
    if (!options.quiet) console.error('there is no test file');
    return { passed: 0, failed: 1 };
  }
  const dir = mkdtempSync(join(tmpdir(), 'danmux-test-'));
  const results = join(dir, 'results');
  try {
    const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout', `--test-reporter=${reporter}`, `--test-reporter-destination=${results}`];
    const concurrency = serial ? 1 : Math.max(2, availableParallelism());
    // The limit of a file is below the limit of the part, so that the files after a hanging one still run.
    const limits = [`--test-concurrency=${concurrency}`, `--test-timeout=${Math.min(fileLimitMs, Math.round(options.timeoutMs / 2))}`];
    const args = ['--conditions=source', '--import', 'tsx', '--test', ...limits, ...reporters, ...files];
    const { code } = await runProgram(process.execPath, args, options);
    return withExit(countResults(readResults(results), options.cwd), code === 0);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function readResults(file: string): Result[] {
  if (!existsSync(file)) return [];
  // The last line is incomplete when the runner was killed.
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Result);
}

/** Counts the results. A skipped test, and a file or suite without tests, counts as one failure. */
function countResults(results: readonly Result[], root: string): Count {
  const failed = results.filter((result) => !result.passed);
  return withFailures(
    { passed: results.length - failed.length, failed: failed.length },
    failed.map((result) => failureText(result, root)),
  );
}

function failureText({ file, name, hollow, skipped, error = '' }: Result, root: string): string {
  const reason = skipped
    ? 'was skipped, which counts as failed'
    : hollow
      ? 'holds no test, which counts as failed'
      : `failed\n    ${error.replaceAll('\n', '\n    ')}`;
  return `${file === undefined ? '' : `${relative(root, file)}: `}"${name}" ${reason}`;
}
