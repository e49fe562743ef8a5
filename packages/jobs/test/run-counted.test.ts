// How a run ended is counted and told, and an error reaches the queue.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { testRuntime } from '@danmux/testkit/unit';
import { JobPaused } from '../src/index.ts';
import { runCounted } from '../src/run-counted.ts';

function captured() {
  const lines: string[] = [];
  const logger = { write: (line: string) => void lines.push(line) };
  return { runtime: testRuntime({ after }, { 'log.level': 'info' }, { logger }), lines };
}

test('a run that succeeds is counted as done and not logged', async () => {
  const { runtime, lines } = captured();
  await runCounted(runtime, 'try', async () => {});
  assert.deepEqual((await runtime.metrics.jobs.get()).values, [{ labels: { job: 'try', result: 'done' }, value: 1 }]);
  assert.deepEqual(lines, []);
});

test('a run that fails is counted as failed, logged with its name and cause, and rethrown; so is one that throws at once', async () => {
  for (const run of [
    async () => Promise.reject(new Error('why')),
    () => {
      throw new Error('why');
    },
  ]) {
    const { runtime, lines } = captured();
    await assert.rejects(() => runCounted(runtime, 'try', run), /why/);
    assert.deepEqual((await runtime.metrics.jobs.get()).values, [{ labels: { job: 'try', result: 'failed' }, value: 1 }]);
    const [line] = lines.map((text) => JSON.parse(text) as { job: string; err: { message: string } });
    assert.deepEqual([lines.length, line?.job, line?.err.message], [1, 'try', 'why']);
  }
});

test('a run paused for a restart is counted as paused and not logged', async () => {
  const { runtime, lines } = captured();
  await assert.rejects(() => runCounted(runtime, 'try', async () => Promise.reject(new JobPaused())), JobPaused);
  assert.deepEqual((await runtime.metrics.jobs.get()).values, [{ labels: { job: 'try', result: 'paused' }, value: 1 }]);
  assert.deepEqual(lines, []);
});
