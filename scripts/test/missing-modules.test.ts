// The documented lines that run the examples, on a machine where a module of Python or an extension of PHP is missing: one sentence that names it and
// what to install, and an exit code other than 0. A module that is not needed may be missing.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findPython } from '@danmux/testkit';

const root = new URL('../..', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'danmux-missing-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const hiding = `import os, sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name in os.environ['HIDDEN'].split(','):
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
sys.meta_path.insert(0, Hidden())
`;
writeFileSync(join(folder, 'sitecustomize.py'), hiding);

/** The documented line that runs a program. */
function documented(page: string, program: string): string {
  const line = readFileSync(join(root, page), 'utf8').match(new RegExp(`^\\w+ ${program.replaceAll('.', '\\.')} \\S+`, 'm'))?.[0];
  return line ?? assert.fail(`${page} has no line that runs ${program}`);
}

/** Runs a documented line with `interpreter` in place of python3 or php. Nothing listens at the address. */
function run(line: string, interpreter: string, env: Readonly<Record<string, string>> = {}): Promise<{ code: number; output: string }> {
  for (const name of ['python3', 'php']) {
    writeFileSync(join(folder, name), `#!/bin/sh\nexec ${interpreter} "$@"\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const nowhere = { DANMUX_URL: 'http://127.0.0.1:1', DANMUX_EDGE_URL: 'http://127.0.0.1:1', DANMUX_API_KEY: 'k'.repeat(40), PYTHONDONTWRITEBYTECODE: '1' };
  const environment = { ...process.env, ...nowhere, PATH: `${folder}:${process.env['PATH']}`, ...env };
  return new Promise((resolve) => {
    execFile('sh', ['-c', line], { cwd: root, env: environment, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: `${stdout}${stderr}` });
    });
  });
}

const php = execFileSync('sh', ['-c', 'command -v php'], { encoding: 'utf8' }).trim();
const python = await findPython();
const liveRoom = documented('README.md', 'examples/python/live_room.py');
const viewer = documented('examples/README.md', 'examples/websocket/viewer.py');

for (const [line, install] of [
  [liveRoom, /^The Python module socketio is missing: apt-get install python3-socketio python3-websocket .*pip install "python-socketio\[client\]"\.\n$/],
  [viewer, /^The Python module websocket is missing: apt-get install python3-websocket .*pip install websocket-client\.\n$/],
] as const)
  test(`${line}: a Python without packages`, { timeout: 60_000 }, async () => {
    const { code, output } = await run(line, `${python} -I -S`);
    assert.match(output, install);
    assert.equal(code, 1);
  });

for (const [hidden, line, says] of [
  ['socketio', liveRoom, /^The Python module socketio is missing: .*\n$/],
  ['websocket', liveRoom, /^The Python module websocket is missing: apt-get install .*python3-websocket.*\n$/],
  ['websocket', viewer, /^The Python module websocket is missing: .*\n$/],
  ['requests,aiohttp', liveRoom, /^http:\/\/127\.0\.0\.1:1: .*npm start.*\n$/],
  ['requests,aiohttp,socketio', viewer, /^http:\/\/127\.0\.0\.1:1: .*npm start.*\n$/],
] as const)
  test(`${line}: a Python without ${hidden}`, { timeout: 60_000 }, async () => {
    const { code, output } = await run(line, python, { PYTHONPATH: folder, HIDDEN: hidden });
    assert.match(output, says);
    assert.equal(code, 1);
  });

for (const line of [documented('README.md', 'examples/php/live-room.php'), documented('README.md', 'clients/php/examples/push-gift.php')])
  test(`${line}: a PHP without curl`, { timeout: 60_000 }, async () => {
    // Debian loads curl by its .ini files, which -n leaves out; a PHP that was built with curl loses the function.
    const { code, output } = await run(line, `${php} -n -d disable_functions=curl_init`);
    assert.match(output, /^[\w-]+: The PHP extension curl is missing: apt-get install php-curl, .*$/m);
    assert.doesNotMatch(output, /Stack trace/);
    assert.equal(code, 1);
  });
