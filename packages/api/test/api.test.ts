// The life cycle of the api role: it starts without the store, announces itself and recovers after an outage.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gift, mustRefuse, path, startApi } from '@danmux/testkit/api-fixture';
import { eventually, startRedis } from '@danmux/testkit/unit';

test('a running api is a member under the address it listens on', async () => {
  const fixture = await startApi();
  const [member] = await fixture.bus.members.list();
  assert.deepEqual([member?.role, `http://${member?.address}`], ['api', fixture.url]);
  await fixture.api.drain();
  assert.deepEqual(await fixture.bus.members.list(), []);
  await fixture.close();
});

test('a member is announced under public_host', async () => {
  const fixture = await startApi({ public_host: 'localhost' });
  assert.match(fixture.api.address(), /^localhost:\d+$/);
  await fixture.close();
});

test('a port in use fails the start, and stop still works', async () => {
  const first = await startApi();
  await assert.rejects(startApi({ 'api.port': Number(new URL(first.url).port) }), { code: 'EADDRINUSE' });
  await first.close();
});

test('without Redis requests get 503 with Retry-After, and succeed again when Redis returns', { timeout: 60_000 }, async () => {
  const redis = await startRedis();
  await redis.kill();
  const fixture = await startApi({ 'redis.url': redis.url, 'redis.command_timeout_ms': 500 });
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
  try {
    await mustBeAway();
    await redis.start();
    await mustBeBack();
    await redis.kill();
    await eventually(mustBeAway);
    await redis.start();
    await mustBeBack();
  } finally {
    await fixture.close();
    await redis.stop();
  }
});
