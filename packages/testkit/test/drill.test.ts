// Runs `npm run drill` without a cluster that it may work on, and interrupts what a drill undoes.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startApi } from '../src/api-fixture.ts';
import { freePort, repositoryRoot } from '../src/index.ts';

const typescript = ['--conditions=source', '--import', 'tsx'];

async function drill(url: string, key: string): Promise<{ code: unknown; output: string }> {
  const env = { ...process.env, NODE_ENV: 'test', DANMUX_API_KEY: key };
  return new Promise((resolve) => {
    execFile(process.execPath, [...typescript, 'scripts/drill.ts', 'edge-crash', '--url', url], { cwd: repositoryRoot, env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
}

test('a drill with a wrong key, or at a wrong address, names the answer and the remedy', async (t) => {
  const { url } = await startApi(t);
  const key = 'w'.repeat(40);
  const refused = await drill(url, key);
  assert.equal(refused.code, 1, refused.output);
  assert.match(refused.output, /^edge-crash: GET \/v1\/nodes at http:\S+ was answered 401 unauthorized: .* DANMUX_API_KEY\.$/m);
  const nowhere = await drill(`http://127.0.0.1:${await freePort()}`, key);
  assert.equal(nowhere.code, 1, nowhere.output);
  assert.match(nowhere.output, /^edge-crash: GET \/v1\/nodes at http:\S+ failed: .*ECONNREFUSED.* --url\.$/m);
});

test('an interrupted drill undoes its effect', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'danmux-drill-'));
  t.after(() => rmSync(dir, { recursive: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const file = join(dir, signal);
    const code = `
      import { writeFileSync } from 'node:fs';
      import { undoing } from ${JSON.stringify(join(repositoryRoot, 'scripts/drill/undoing.ts'))};
      await undoing(() => writeFileSync(${JSON.stringify(file)}, '0'), async () => {
        writeFileSync(${JSON.stringify(file)}, '600000');
        console.log('stepped');
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      });`;
    const child = spawn(process.execPath, [...typescript, '--input-type=module', '-e', code], { cwd: repositoryRoot, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    assert.equal(readFileSync(file, 'utf8'), '600000');
    child.kill(signal);
    assert.deepEqual((await ended)[0], 130, signal);
    assert.equal(readFileSync(file, 'utf8'), '0');
  }
});
