// Refused Redis commands: logged once, reported as a degraded state while refused, and blocking when the process cannot serve without them.
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import type { Runtime } from '@danmux/runtime';
import { testRuntime } from '@danmux/testkit/unit';
import { Refusals, refusalsOf } from '../../../src/redis/connection/refusals.ts';

let lines: { msg: string; refusal?: string; command?: string; connection?: string }[];
let runtime: Runtime;
let refusals: Refusals;
beforeEach(() => {
  lines = [];
  const logger = { write: (line: string) => void lines.push(JSON.parse(line)) };
  runtime = testRuntime({ after }, { 'log.level': 'info' }, { role: 'worker', logger });
  refusals = new Refusals(runtime);
});
const codes = () => runtime.degraded.list.map(({ code }) => code);

test('a refused command is logged once per connection, however often it is refused', () => {
  for (let at = 0; at < 100_000; at += 10) refusals.refused('jobs-worker', 'evalsha', { code: 'NOPERM' }, at);
  refusals.refused('commands', 'evalsha ingress-publish', { code: 'NOPERM', inner: 'xadd' }, 0);
  const named = lines.filter(({ msg }) => msg === 'redis refuses a command').map(({ refusal, command, connection }) => [refusal, command, connection]);
  assert.deepEqual(named, [
    ['NOPERM', 'evalsha', 'jobs-worker'],
    ['NOPERM', 'evalsha ingress-publish: xadd', 'commands'],
  ]);
  assert.match(
    runtime.degraded.list[0]?.text ?? '',
    /^Redis refuses: NOPERM evalsha \(jobs-worker\), NOPERM evalsha ingress-publish: xadd \(commands\)\. Give the Redis user /,
  );
});

test('a full Redis is a separate state; it ends with a success some seconds after the last refusal', () => {
  refusals.refused('commands', 'evalsha ingress-publish', { code: 'OOM' }, 0);
  assert.deepEqual(codes(), ['redis_full']);
  refusals.answered('commands', 'evalsha streams-commit', 10_000);
  refusals.answered('commands', 'evalsha ingress-publish', 1_000);
  assert.deepEqual(codes(), ['redis_full'], 'another command, or too soon');
  refusals.answered('commands', 'evalsha ingress-publish', 3_000);
  assert.deepEqual(codes(), []);
  assert.equal(refusals.has('commands'), false);
});

test('a refusal of only some keys does not toggle the state with every answer', () => {
  for (let at = 0; at < 120_000; at += 1_000) {
    refusals.refused('commands', 'evalsha ingress-publish', { code: 'NOPERM' }, at);
    refusals.answered('commands', 'evalsha ingress-publish', at + 500);
  }
  assert.equal(lines.filter(({ msg }) => msg === 'redis refuses a command').length, 1);
  refusals.answered('commands', 'evalsha ingress-publish', 119_000 + 60_000);
  assert.deepEqual(codes(), []);
});

test('refusals of a command that is no longer sent expire; those of the first command of a connection end with one success', () => {
  refusals.refused('commands', 'info', { code: 'NOPERM' }, 0);
  refusals.refused('commands', 'hello', { code: 'WRONGPASS' }, 0);
  refusals.answered('commands', 'hello', 1);
  assert.match(runtime.degraded.list[0]?.text ?? '', /^Redis refuses: NOPERM info \(commands\)\. /);
  refusals.sweep(599_999);
  assert.deepEqual(codes(), ['redis_refused']);
  refusals.sweep(600_000);
  assert.deepEqual(codes(), []);
});

test('only a permanent refusal of an essential command blocks the process', () => {
  refusals.refused('jobs-worker', 'evalsha', { code: 'NOPERM' });
  refusals.refused('commands', 'evalsha ingress-publish', { code: 'OOM' });
  assert.equal(refusals.blocking, undefined);
  refusals.refused('commands', 'evalsha streams-commit', { code: 'NOPERM', inner: 'publish' });
  assert.equal(refusals.blocking, 'NOPERM evalsha streams-commit: publish');
});

test('the connections of a process share their refusals', () => {
  assert.equal(refusalsOf(runtime), refusalsOf(runtime));
});
