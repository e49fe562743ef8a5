// Runs the danmux command as a person does: a process with arguments and environment. It runs the build, which starts three times as
// fast, unless a source is newer than it.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
// @ts-expect-error: the files behind `npx danmux` are plain JavaScript without types.
import { newerSource } from '../bin/build-age.js';

export const secrets = { DANMUX_TOKEN_SECRET: 's'.repeat(40), DANMUX_API_KEY: 'k'.repeat(40) };

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const isBuilt = existsSync(path('../dist/main.js')) && newerSource(path('../../..')) === undefined;
const entry = isBuilt ? [path('../dist/main.js')] : ['--conditions=source', '--import', import.meta.resolve('tsx'), path('../src/main.ts')];

/** Runs the command in `folder`, without NODE_ENV and REDIS_URL of this process. Rejects when it does not end within a minute. */
export function runCommand(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const { NODE_ENV: _environment, REDIS_URL: _redis, ...inherited } = process.env;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...entry, ...args], { cwd: folder, env: { ...inherited, ...env }, timeout: 60_000 }, (error, out, err) => {
      if (error?.killed) reject(new Error(`danmux ${args.join(' ')} did not end within a minute: ${err}`));
      else resolve({ code: Number(error?.code ?? 0), out, err });
    });
  });
}
