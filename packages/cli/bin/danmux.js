#!/usr/bin/env node
// The file behind `npx danmux`. It is checked in, because npm links a command at `npm ci` only when its file exists by then; the
// compiled command comes later. In a checkout that is not built yet it builds first; an installed package always brings dist.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { newerSource } from './build-age.js';

const main = new URL('../dist/main.js', import.meta.url);
const workspace = fileURLToPath(new URL('../../..', import.meta.url));

if (!existsSync(main)) build();
else if (process.argv.includes('start') || process.argv.includes('config')) warnOfOldBuild();
if (existsSync(main)) await import(main.href);

/** Prints to stderr only: the output of a command such as `danmux token` stays its own. */
function build() {
  if (!existsSync(`${workspace}/packages/cli/tsconfig.json`)) return fail('this installation has no dist folder: install the package again.');
  process.stderr.write('danmux: not built yet, building (about 20 seconds) …\n');
  const { status } = spawnSync('npm', ['run', '--silent', 'build', '--', '--quiet'], {
    cwd: workspace,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0 || !existsSync(main)) fail('the build failed: see above, or run `npm run build`.');
}

function warnOfOldBuild() {
  const source = newerSource(workspace);
  if (source) process.stderr.write(`danmux: ${source} is newer than the build, and the build is what runs: \`npm run build\` builds it again.\n`);
}

/** Exits explicitly: under pm2 an open IPC channel keeps a process alive that only sets its exit code. */
function fail(reason) {
  process.stderr.write(`danmux: ${reason}\n`, 'utf8', () => process.exit(1));
}
