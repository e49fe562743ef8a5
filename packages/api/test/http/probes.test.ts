// Health probes, and the labels of metrics.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { type ApiFixture, gift, path, startApi } from '@danmux/testkit/api-fixture';
import { ownerOf } from '@danmux/testkit/unit';

const owner = ownerOf(afterEach);
let fixture: ApiFixture;
beforeEach(async () => {
  fixture = await startApi(owner);
});

const get = (where: string) => fixture.call('GET', where, undefined, { key: null });

test('a running api is alive and ready', async () => {
  assert.deepEqual((await get('/healthz')).body, { ok: true });
  assert.deepEqual((await get('/readyz')).body, { ready: true, checks: { store: 'ok', api: 'ok' }, degraded: [] });
});

test('a failing check makes the api not ready; it stays alive', async () => {
  fixture.runtime.health.register('store', () => Promise.reject(new Error('redis is away')));
  const ready = await get('/readyz');
  assert.equal(ready.status, 503);
  assert.equal(ready.body.checks.store, 'redis is away');
  assert.equal((await get('/healthz')).status, 200);
});

test('metrics are labelled with the route pattern, never with the URL', async () => {
  await fixture.call('POST', path, gift);
  await fixture.call('GET', '/v1/rooms/secret-room');
  await fixture.call('GET', '/no/such/place');
  const { body, headers } = await get('/metrics');
  assert.match(headers.get('content-type') ?? '', /^text\/plain/);
  assert.match(body, /danmux_accepted_total\{lane="gift",source="api"\} 1/);
  assert.match(body, /danmux_http_seconds_count\{route="\/v1\/rooms\/:room",status="200"\} 1/);
  assert.match(body, /danmux_http_seconds_count\{route="unknown",status="404"\} 1/);
  for (const asked of ['secret-room', 'live:1', 'such']) assert.ok(!body.includes(asked), asked);
});
