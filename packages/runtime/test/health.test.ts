// Tests of readiness: all checks run, failures give a reason, a hanging check times out, and a change is logged once.
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Health } from '../src/health.ts';

test('without checks a process is ready', async () => assert.deepEqual(await new Health().readiness(), { ready: true, checks: {}, degraded: [] }));

test('one failing check makes the process not ready, and the other checks still run', async () => {
  const health = new Health();
  health.register('store', async () => {
    throw new Error('connection refused');
  });
  health.register('lease', () => {
    throw 'lost';
  });
  health.register('port', () => {});
  assert.deepEqual(await health.readiness(), { ready: false, checks: { store: 'connection refused', lease: 'lost', port: 'ok' }, degraded: [] });
});

test('a removed check does not run', async () => {
  const health = new Health();
  const remove = health.register('drain', () => Promise.reject(new Error('draining')));
  assert.equal((await health.readiness()).ready, false);
  remove();
  assert.equal((await health.readiness()).ready, true);
});

test('a check that does not answer fails after 2 s', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const health = new Health();
  health.register('store', () => new Promise(() => {}));
  const readiness = health.readiness();
  t.mock.timers.tick(2_000);
  assert.deepEqual(await readiness, { ready: false, checks: { store: 'no answer within 2000 ms' }, degraded: [] });
});

test('a change of readiness is logged once, with the reasons', async () => {
  const log = { info: mock.fn(), warn: mock.fn() };
  const health = new Health(log);
  let up = true;
  health.register('store', () => (up ? undefined : Promise.reject(new Error('away'))));
  for (const state of [true, true, false, false, true, true]) {
    up = state;
    await health.readiness();
  }
  assert.deepEqual(
    log.warn.mock.calls.map((call) => call.arguments),
    [[{ checks: { store: 'away' } }, 'not ready']],
  );
  assert.deepEqual(
    log.info.mock.calls.map((call) => call.arguments),
    [[{ checks: { store: 'ok' } }, 'ready again']],
  );
});
