// Runs the programs in examples/ as child processes.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { repositoryRoot } from './demo-page.ts';

const run = promisify(execFile);

export interface ExampleEnd {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Resolves when the program has ended, whether or not it failed. Kills the program after one minute. */
export async function runExample(command: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<ExampleEnd> {
  try {
    const { stdout, stderr } = await run(command, [...args], { cwd: repositoryRoot, env: { ...process.env, ...env }, timeout: 60_000 });
    return { code: 0, output: stdout, errors: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as Error & { code?: unknown; stdout?: string; stderr?: string };
    return { code: typeof code === 'number' ? code : -1, output: stdout ?? '', errors: stderr ?? String(error) };
  }
}

/** A Python with the packages socketio, websocket, requests and aiohttp. Falls back to Debian's /usr/bin/python3, because another python3 may be first in PATH. */
export async function findPython(): Promise<string> {
  for (const python of ['python3', '/usr/bin/python3']) {
    const { code } = await runExample(python, ['-c', 'import socketio, websocket, requests, aiohttp'], {});
    if (code === 0) return python;
  }
  throw new Error('no Python with socketio, websocket, requests and aiohttp is installed: run scripts/ensure-tools.sh');
}
