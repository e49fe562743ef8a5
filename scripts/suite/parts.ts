// The parts of `npm test`, in the order they run.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { unreferencedProjects } from '../checks/projects.ts';
import { type Count, sum } from './count.ts';
import { runNodeTests } from './node-tests.ts';
import { runPhpunit } from './phpunit.ts';
import { type ProgramOptions, runProgram } from './process-group.ts';

export interface Part {
  readonly name: string;
  readonly does: string;
  /** Runs only when it is asked for by name. */
  readonly onRequest?: true;
  /** After this many milliseconds the part has failed and its process group is killed. */
  readonly timeoutMs: number;
  run(root: string, options: ProgramOptions): Promise<Count>;
}

const minute = 60_000;
const bin = (name: string) => join('node_modules/.bin', name);

export const parts: readonly Part[] = [
  checks('tools', 'Redis, PHP, PHPUnit, Composer, Python with socketio, Chromium and a Chinese font are installed', 10 * minute, [
    ['sh', 'scripts/ensure-tools.sh'],
  ]),
  checks('types', 'the packages build; the tests and the browser pages type-check', 6 * minute, [
    [bin('tsc'), '-b'],
    ...unreferencedProjects.map((project) => [bin('tsc'), '-p', project] as const),
  ]),
  checks('web', 'the browser bundles and pages build', 3 * minute, [[process.execPath, 'scripts/build-web.mjs']]),
  checks('lint', 'Biome finds nothing', 3 * minute, [[bin('biome'), 'check', '--error-on-warnings', '.']]),
  checks('layers', 'every package imports only what it may', 3 * minute, [[bin('tsx'), 'scripts/check-layers.ts', '--draw']]),
  checks('projects', 'every TypeScript file is in one type-checked project; every public export has a docstring', 3 * minute, [
    [bin('tsx'), 'scripts/check-projects.ts'],
    [bin('tsx'), 'scripts/check-docstrings.ts'],
  ]),
  checks('sizes', 'lists long files and functions', 3 * minute, [[bin('tsx'), 'scripts/list-sizes.ts']]),
  checks('unused', 'no file, export or dependency is unused', 2 * minute, [[bin('knip')]]),
  checks('published', 'publint and arethetypeswrong find nothing in the packed packages', 3 * minute, [[bin('tsx'), 'scripts/check-published.ts']]),
  checks('docs', 'the pages made from code are up to date', 3 * minute, [[bin('tsx'), '--conditions=source', 'scripts/write-docs.ts', '--check']]),
  nodeTests(
    'unit',
    'each package by itself, and the bus contract on both engines',
    40 * minute,
    false,
    (path) => !/\.(browser|cluster|drill|e2e)\.test\.ts$/.test(path),
  ),
  nodeTests('cluster', 'many roles together, and what happens when one fails', 40 * minute, true, (path) => /\.(cluster|drill)\.test\.ts$/.test(path)),
  { name: 'php', does: 'the PHP client, also against a running danmux', timeoutMs: 5 * minute, run: runPhpunit },
  nodeTests('browser', 'SDK, overlay and demo page in Chromium', 14 * minute, true, (path) => path.endsWith('.browser.test.ts')),
  nodeTests('e2e', 'PHP pushes, Chromium shows, the examples run; in one process and under pm2 on Redis', 20 * minute, true, (path) =>
    path.endsWith('.e2e.test.ts'),
  ),
  { ...fullDrills(), onRequest: true },
];

/** A part made of programs that must exit with 0; each counts as one test. */
function checks(name: string, does: string, timeoutMs: number, programs: readonly (readonly [command: string, ...args: string[]])[]): Part {
  const check = async ([command, ...args]: readonly [string, ...string[]], options: ProgramOptions): Promise<Count> => {
    const { code } = await runProgram(command, args, options);
    return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1, failures: [`${[command, ...args].join(' ')} exited with ${code}`] };
  };
  const run: Part['run'] = async (_root, options) => {
    const counts: Count[] = [];
    for (const program of programs) counts.push(await check(program, options));
    return sum(counts);
  };
  return { name, does, timeoutMs, run };
}

function nodeTests(name: string, does: string, timeoutMs: number, serial: boolean, wanted: (path: string) => boolean): Part {
  return { name, does, timeoutMs, run: (root, options) => runNodeTests(testFiles(root).filter(wanted), serial, options) };
}

/** The drills at their full length, of which `cluster` runs a shorter form. */
function fullDrills(): Part {
  const part = nodeTests('drills', 'disasters at their full length, and those that take minutes', 30 * minute, true, (path) => path.endsWith('.drill.test.ts'));
  return { ...part, run: (root, options) => part.run(root, { ...options, env: { ...options.env, DANMUX_DRILLS: 'full' } }) };
}

/** Every test file of the packages, the load test and these scripts. */
function testFiles(root: string): string[] {
  const packages = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name, 'test'));
  return [...packages, join(root, 'loadtest/test'), join(root, 'scripts/test')]
    .filter((dir) => existsSync(dir))
    .flatMap((dir) => readdirSync(dir, { recursive: true }).map((name) => join(dir, String(name))))
    .filter((file) => file.endsWith('.test.ts'))
    .sort();
}
