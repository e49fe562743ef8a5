// The gateway route: the edges it lists, and the rate limit of an address.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustRefuse, startApi } from '@danmux/testkit/api-fixture';

const edge = (id: string, address: string, load: number) => ({ id, role: 'edge', address, version: '0', load });

test('without a key the gateway lists at most five edges, least loaded first, with reachable host names', async (t) => {
  const fixture = await startApi(t);
  const ask = (query = '') => fixture.call('GET', `/v1/gateway${query}`, undefined, { key: null });
  mustRefuse(await ask(), 'unavailable');
  await fixture.bus.members.announce(edge('a', '127.0.0.1:7701', 0.5), 60_000);
  await fixture.bus.members.announce(edge('b', 'edge-2.example:7702', 0.1), 60_000);
  const { status, body, headers } = await ask('?room=live:1&user=u1&region=cn-east');
  assert.equal(status, 200);
  assert.deepEqual(body, {
    edges: [
      { url: 'http://edge-2.example:7702', load: 0.1 },
      { url: 'http://127.0.0.1:7701', load: 0.5 },
    ],
    ttl_ms: 10_000,
  });
  assert.equal(headers.get('access-control-allow-origin'), '*');
  for (let index = 0; index < 6; index++) await fixture.bus.members.announce(edge(`c${index}`, `10.0.0.${index}:7700`, 0.2), 60_000);
  const urls = (await ask()).body.edges.map(({ url }: { url: string }) => url);
  assert.deepEqual(urls, ['http://edge-2.example:7702', 'http://10.0.0.0:7700', 'http://10.0.0.1:7700', 'http://10.0.0.2:7700', 'http://10.0.0.3:7700']);
  mustRefuse(await ask('?nobody_knows=1'), 'invalid_request');
});

test('an address over its rate gets 429; with shedding off it does not', async (t) => {
  for (const shedding of ['on', 'off']) {
    const fixture = await startApi(t, { shedding }, { now: () => 1_000 });
    await fixture.bus.members.announce(edge('a', '127.0.0.1:7701', 0.5), 60_000);
    const ask = () => fixture.call('GET', '/v1/gateway', undefined, { key: null });
    for (let times = 0; times < 60; times++) assert.equal((await ask()).status, 200);
    if (shedding === 'on') mustRefuse(await ask(), 'rate_limited');
    else assert.equal((await ask()).status, 200);
  }
});

test('viewers of one IPv6 /64 share a rate; those of another do not', async (t) => {
  const fixture = await startApi(t, { trusted_proxies: ['127.0.0.1'] }, { now: () => 1_000 });
  await fixture.bus.members.announce(edge('a', '127.0.0.1:7701', 0.5), 60_000);
  const ask = (address: string) => fixture.call('GET', '/v1/gateway', undefined, { key: null, headers: { 'x-forwarded-for': address } });
  for (let times = 0; times < 60; times++) assert.equal((await ask(`2001:db8:1:2::${times}`)).status, 200);
  mustRefuse(await ask('2001:db8:1:2:ffff::1'), 'rate_limited');
  for (const other of ['2001:db8:1:3::1', '203.0.113.9', '::ffff:203.0.113.10']) assert.equal((await ask(other)).status, 200, other);
});

test('a full edge is not listed; when all are full the answer is 503 with a time to come back', async (t) => {
  const fixture = await startApi(t, { 'api.demo': true });
  const ask = () => fixture.call('GET', '/v1/gateway', undefined, { key: null });
  const urls = async () => (await ask()).body.edges.map(({ url }: { url: string }) => url);
  await fixture.bus.members.announce(edge('full', 'edge-1.example:7701', 1), 60_000);
  await fixture.bus.members.announce(edge('free', 'edge-2.example:7702', 0.99), 60_000);
  assert.deepEqual(await urls(), ['http://edge-2.example:7702']);
  assert.deepEqual((await fixture.call('GET', '/demo/config.json', undefined, { key: null })).body, { edges: ['http://edge-2.example:7702'] });
  await fixture.bus.members.announce(edge('free', 'edge-2.example:7702', 1.01), 60_000);
  mustRefuse(await ask(), 'unavailable');
});

test('the URL that an edge announces is handed out; an edge of an older version has none', async (t) => {
  const fixture = await startApi(t);
  await fixture.bus.members.announce({ ...edge('a', '10.0.0.1:7701', 0.1), url: 'https://live.example/edge-0' }, 60_000);
  await fixture.bus.members.announce(edge('b', '10.0.0.2:7702', 0.2), 60_000);
  const { edges } = (await fixture.call('GET', '/v1/gateway', undefined, { key: null })).body;
  assert.deepEqual(
    edges.map(({ url }: { url: string }) => url),
    ['https://live.example/edge-0', 'http://10.0.0.2:7702'],
  );
});
