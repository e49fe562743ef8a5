// The life cycle of the api role: it starts without the store, announces itself and recovers after an outage.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gift, mustRefuse, path, startApi } from '@danmux/testkit/api-fixture';
import { closeAfter, eventually, startRedis } from '@danmux/testkit/unit';

test('a running api is a member under the address it listens on', async (t) => {
  const fixture = await startApi(t);
  const [member] = await fixture.bus.members.list();
  assert.deepEqual([member?.role, `http://${member?.address}`], ['api', fixture.url]);
  await fixture.api.drain();
  assert.deepEqual(await fixture.bus.members.list(), []);
});

test('a member is announced under public_host', async (t) => {
  const fixture = await startApi(t, { public_host: 'localhost' });
  assert.match(fixture.api.address(), /^localhost:\d+$/);
});

test('a port in use fails the start, and stop still works', async (t) => {
  const first = await startApi(t);
  await assert.rejects(startApi(t, { 'api.port': Number(new URL(first.url).port) }), { code: 'EADDRINUSE' });
});

test('without Redis requests get 503 with Retry-After, and succeed again when Redis returns', { timeout: 60_000 }, async (t) => {
  const redis = await startRedis();
  closeAfter(t, () => redis.stop());
  await redis.kill();
  const fixture = await startApi(t, { 'redis.url': redis.url, 'redis.command_timeout_ms': 500 });
  const mustBeAway = async () => {
    assert.equal((await fixture.call('GET', '/healthz')).status, 200);
    assert.equal((await fixture.call('GET', '/readyz')).status, 503);
    mustRefuse(await fixture.call('POST', path, gift), 'unavailable');
    mustRefuse(await fixture.call('POST', path, gift, { headers: { 'idempotency-key': 'a' } }), 'unavailable');
    const reads = ['/v1/stats', '/v1/nodes', '/v1/rooms/live:1', '/v1/rooms/live:1/members', '/v1/rooms/live:1/history'];
    for (const where of reads) mustRefuse(await fixture.call('GET', where), 'unavailable');
  };
  const mustBeBack = () =>
    eventually(async () => {
      assert.equal((await fixture.call('GET', '/readyz')).status, 200);
      assert.equal((await fixture.call('POST', path, gift, { headers: { 'idempotency-key': 'a' } })).status, 202);
    });
  await mustBeAway();
  await redis.start();
  await mustBeBack();
  await redis.kill();
  await eventually(mustBeAway);
  await redis.start();
  await mustBeBack();
});
