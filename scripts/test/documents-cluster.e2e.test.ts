// The commands of the pages about a cluster run under a pm2 of their own, on a real Redis.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePorts, Pm2, startRedis } from '@danmux/testkit';
import { closeAfter } from '@danmux/testkit/unit';
import { nameOf } from '../documents/block.ts';
import { clusterScript, otherForms, otherTests } from '../documents/cluster-commands.ts';
import { read, root } from '../documents/pages.ts';
import { runShell } from '../documents/shell.ts';

test('npm run build, which runs in other parts of npm test, is their programs', () => {
  const { build } = JSON.parse(read('package.json')).scripts as { build: string };
  assert.equal(build, 'tsc -b && node scripts/build-web.mjs');
  const parts = read('scripts/suite/parts.ts');
  for (const program of ["[bin('tsc'), '-b']", "'scripts/build-web.mjs'"]) assert.ok(parts.includes(program), program);
  assert.deepEqual(otherForms[1], ['npm run build', ':']);
});

test('a command that is left to another test is run there', () => {
  for (const [command, file, text] of otherTests) assert.ok(read(file).includes(text), `${command} in ${file}`);
});

test('install, upgrade, change the number of processes, copy the data, reload, end', { timeout: 415_000 }, async (t) => {
  const redis = await startRedis();
  closeAfter(t, () => redis.stop());
  const config = mkdtempSync(join(tmpdir(), 'danmux-config-'));
  closeAfter(t, () => rmSync(config, { recursive: true }));
  writeFileSync(join(config, 'default.yaml'), JSON.stringify({ edge: { drain_ms: 100 }, api: { drain_ms: 100 } }));
  const first = await freePorts(8);
  const ports = { RELAY: first, WORKER: first + 2, EDGE: first + 3, API: first + 6 };
  const env = Object.fromEntries(Object.entries(ports).map(([role, port]) => [`DANMUX_${role}_PORT`, String(port)]));
  const pm2 = await Pm2.create({ ...env, DANMUX_CONFIG_DIR: config, DANMUX_EDGES: '1', DANMUX_APIS: '1', npm_config_update_notifier: 'false' });
  closeAfter(t, () => pm2.stop());
  const [head, ...rest] = clusterScript([
    ['redis://127.0.0.1:6379', redis.url],
    ['/backup/', `${config}/`],
  ]);
  assert.ok(head, 'there are blocks');
  // npx.e2e.test.ts runs npx itself, which takes a second a call.
  const blocks = [{ ...head, text: `npx() { "$@"; }\n${head.text}` }, ...rest];
  const { code, printed, errors } = await runShell(blocks, {
    cwd: root,
    env: { ...pm2.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH']}` },
    timeoutMs: 400_000,
  });
  const reached = blocks[printed.length - 1];
  assert.equal(code, 0, `${reached && nameOf(reached)}\n${printed.at(-1)?.slice(-4_000)}\n${errors.slice(-4_000)}\n${code === 0 ? '' : await pm2.logs()}`);
  assert.equal(printed.length, blocks.length);
  for (const role of ['relay', 'worker', 'edge', 'api']) assert.match(printed.join(''), new RegExp(`^${role} +`, 'm'), `npx danmux nodes lists the ${role}`);
  const numbers = printed[blocks.findIndex(({ text }) => text.startsWith('DANMUX_EDGES=3'))] ?? '';
  assert.match(numbers, /danmux-edge-2 .*online/);
  // pm2 prints its table after each command; the last one is after `scale`.
  assert.equal(numbers.slice(numbers.lastIndexOf('┌')).match(/danmux-api .*online/g)?.length, 3, numbers);
  assert.deepEqual(await pm2.list(), [], 'the README ends the cluster');
});
