// Rows of `npm run clients`: a missing tool, a failed step and a missing call are never good.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { tableOf } from '../clients/client-table.ts';
import type { Generator } from '../clients/generator.ts';
import { runGenerator } from '../clients/run-clients.ts';
import { mustHave } from '../clients/tool.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'danmux-clients-test-'));
});
after(() => rm(folder, { recursive: true }));

const calls = ['chat', 'gift', 'history', 'room', 'mute', 'lift', 'problem'];
const steps = { version: '1', check: async () => {}, generate: async () => {}, compile: async () => {} };
const prints = (made: readonly string[]) => () => ({
  command: process.execPath,
  args: ['-e', `console.log(${JSON.stringify(made.map((call) => `ok ${call}`).join('\n'))})`],
});
const rowOf = (name: string, generator: Partial<Generator>) =>
  runGenerator({ ...steps, name, calls: prints(calls), ...generator }, { url: '', key: '', folder, document: '' });

test('a program that made all calls is good', async () => {
  const row = await rowOf('all', {});
  assert.deepEqual([row.good, row.generated, row.compiled, row.calls, row.note], [true, 'ok', 'ok', '7 ok', '']);
});

test('a program that left out a call is bad', async () => {
  const row = await rowOf('some', { calls: prints(calls.slice(1)) });
  assert.deepEqual([row.good, row.compiled, row.calls], [false, 'ok', 'FAILED']);
});

test('a failed step is named, with the end of its output', async () => {
  const bad = await rowOf('bad', { compile: async () => Promise.reject(new Error('Calls.java:1: error')) });
  assert.deepEqual([bad.good, bad.generated, bad.compiled, bad.calls, bad.note], [false, 'ok', 'FAILED', '-', 'Calls.java:1: error']);
  assert.match(tableOf([bad]).join('\n'), /bad +1 +ok +FAILED +- +0 +BAD$/);
});

test('a missing tool is named with what to install, and is not good', async () => {
  const row = await rowOf('missing', { check: () => mustHave('a tool (Debian: tool)', 'danmux-no-such-tool', '--version') });
  assert.deepEqual([row.good, row.generated, row.note], [false, '-', 'not run: install a tool (Debian: tool)']);
  assert.match(tableOf([row]).join('\n'), /not run: install a tool/);
});
