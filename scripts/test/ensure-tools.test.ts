// The tool check where all is there, and on a machine that has nothing and no apt-get.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const script = new URL('../ensure-tools.sh', import.meta.url).pathname;
const bare = mkdtempSync(join(tmpdir(), 'danmux-bare-'));
after(() => rmSync(bare, { recursive: true }));
for (const name of ['cat', 'id', 'head']) {
  const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
  symlinkSync(found, join(bare, name));
}

test('it is quiet when all is there', () => {
  const { status, stdout, stderr } = spawnSync('sh', [script], { encoding: 'utf8' });
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
});

test('without apt-get it names each thing to install and fails', () => {
  const { status, stdout, stderr } = spawnSync('/bin/sh', [script], { encoding: 'utf8', env: { PATH: bare } });
  assert.equal(status, 1);
  assert.equal(stdout, '');
  for (const thing of [
    'redis-server',
    'program php',
    'curl extension',
    'phpunit',
    'program composer',
    'program python3',
    'pip install python-socketio',
    'pip install websocket-client',
    'pip install requests',
    'program curl',
    'chromium',
    'font with Chinese',
  ])
    assert.ok(stderr.includes(thing), thing);
});
