// The counting of node:test runs, against real runs of files made for it: nothing that did not pass may count as passed.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runNodeTests } from '../suite/node-tests.ts';
import { testEnvironment } from '../suite/process-group.ts';

const root = new URL('../..', import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), 'danmux-count-'));
after(() => rmSync(dir, { recursive: true }));
let files = 0;

function file(body: string): string {
  const path = join(dir, `${files++}.test.mjs`);
  writeFileSync(path, `import { test, describe, it, before } from 'node:test';\n${body}`);
  return path;
}
const count = (paths: readonly string[], timeoutMs = 30_000) => runNodeTests(paths, false, { cwd: root, env: testEnvironment(dir), timeoutMs, quiet: true });
async function run(paths: readonly string[], timeoutMs?: number): Promise<{ passed: number; failed: number }> {
  const { passed, failed } = await count(paths, timeoutMs);
  return { passed, failed };
}

test('tests are counted, in suites and under tests too; suites are not', async () => {
  const passing = file("test('a', () => {}); describe('s', () => { it('b', () => {}); }); test('c', async (t) => { await t.test('d', () => {}); });");
  const failing = file("describe('s', () => { it('bad', () => { throw new Error('x'); }); it('good', () => {}); });");
  assert.deepEqual(await run([passing, failing]), { passed: 5, failed: 1 });
});

test('a skipped test and one still to do have failed', async () => {
  assert.deepEqual(await run([file("test.skip('a', () => {}); test.todo('b'); test('c', () => {});")]), { passed: 1, failed: 2 });
});

for (const [kind, body] of Object.entries({
  'without tests': '',
  'with an empty suite': "describe('s', () => {});",
  'that ends before its tests': 'process.exit(0);',
  'that throws while it loads': "throw new Error('x');",
}))
  test(`a file ${kind} is one failure`, async () => assert.deepEqual(await run([file(body), file("test('a', () => {});")]), { passed: 1, failed: 1 }));

test('a suite whose hook fails is a failure, and its tests are', async () => {
  const { passed, failed } = await run([file("describe('s', () => { before(() => { throw new Error('x'); }); it('a', () => {}); });")]);
  assert.equal(passed, 0);
  assert.ok(failed >= 1);
});

test('tests that a shared file defines belong to the file that runs them', async () => {
  const shared = join(dir, 'conformance.mjs');
  writeFileSync(
    shared,
    "import { describe, it } from 'node:test';\nexport const suite = (name) => describe(name, () => { it('a', () => {}); it('b', () => {}); });",
  );
  assert.deepEqual(await run(['one', 'two'].map((name) => file(`import { suite } from './conformance.mjs'; suite('${name}');`))), { passed: 4, failed: 0 });
});

test('an empty suite beside a full one is one failure', async () => {
  const body = "describe('full', () => { describe('inner', () => { it('a', () => {}); }); }); describe('empty', () => { describe('inner', () => {}); });";
  const { passed, failed } = await run([file(body)]);
  assert.equal(passed, 1);
  assert.ok(failed >= 1);
});

test('a file that never ends is ended, and what ran before and beside it is counted', async () => {
  const hanging = file("test('a', () => {}); test('b', () => new Promise((resolve) => setTimeout(resolve, 600_000)));");
  assert.deepEqual(await run([hanging, file("test('c', () => {});")], 6_000), { passed: 2, failed: 1 });
});

test('when the time of the part is up, the counted results stay and the rest has failed', async () => {
  const hanging = file("test('a', () => {}); process.on('SIGTERM', () => {}); test('b', () => new Promise((resolve) => setTimeout(resolve, 600_000)));");
  const { passed, failed } = await run([hanging], 10_000);
  assert.equal(passed, 1);
  assert.ok(failed >= 1);
});

test('each failure is listed with its file, its name and its error', async () => {
  const failing = file("test('bad', () => { throw new Error('the reason'); }); test('good', () => {}); test.skip('left', () => {});");
  const { failures = [] } = await count([failing]);
  assert.equal(failures.length, 2);
  assert.match(failures[0] ?? '', /\d+\.test\.mjs: "bad" failed\n {4}Error: the reason/);
  assert.match(failures[1] ?? '', /"left" was skipped, which counts as failed/);
});

test('no file at all is a failure', async () => assert.deepEqual(await run([]), { passed: 0, failed: 1 }));
