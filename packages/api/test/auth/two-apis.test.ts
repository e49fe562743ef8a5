// Two apis on one store, on both engines: a key created or deleted on one takes effect on the other within a second, and a nonce is valid
// once over both. On Redis also during an outage and after it.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { type Answer, type ApiFixture, apiKey, gift, path, startApi } from '@danmux/testkit/api-fixture';
import { signedHeaders } from '@danmux/testkit/signed-request';
import { closeAfter, eventually, ownerOf, type RedisServer, startRedis } from '@danmux/testkit/unit';
import { ApiRole } from '../../src/index.ts';

interface Pair {
  readonly first: ApiFixture;
  /** Calls the second api. */
  publish(headers: Readonly<Record<string, string>>): Promise<Answer>;
}

const body = JSON.stringify(gift);
const send = (url: string) => async (headers: Readonly<Record<string, string>>) => {
  const answer = await fetch(url + path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
};

const owner = ownerOf(afterEach);

async function onMemory(): Promise<Pair> {
  const first = await startApi(owner);
  const second = new ApiRole(first.runtime, first.bus, first.jobs);
  closeAfter(owner, () => second.stop());
  await second.start();
  return { first, publish: send(`http://${second.address()}`) };
}

let redis: RedisServer;
before(async () => {
  redis = await startRedis();
});
after(() => redis.stop());

const settings = () => ({ 'redis.url': redis.url, 'redis.command_timeout_ms': 500, shedding: 'off' });

async function onRedis(): Promise<Pair> {
  await redis.command('FLUSHALL');
  const [first, second] = await Promise.all([startApi(owner, settings()), startApi(owner, settings())]);
  await eventually(async () => void (await Promise.all([first.bus.health(), second.bus.health()])));
  return { first, publish: send(second.url) };
}

let pair: Pair;
const make = async () => (await pair.first.call('POST', '/v1/keys', { id: 'shop', scopes: ['publish'] })).body as { key: string; signing_secret: string };
const bare = (key: string) => ({ 'x-api-key': key });
/** Waits at most a second for this answer of the other api. */
async function soon(status: number, headers: () => Readonly<Record<string, string>>): Promise<void> {
  const began = performance.now();
  for (;;) {
    const { status: got } = await pair.publish(headers());
    const took = performance.now() - began;
    if (got === status) return assert.ok(took < 1_000, `it took ${took} ms`);
    assert.ok(took < 5_000, `still ${got}`);
  }
}

for (const [engine, open] of [
  ['memory', onMemory],
  ['redis', onRedis],
] as const) {
  describe(`on ${engine}`, () => {
    beforeEach(async () => {
      pair = await open();
    });

    test('a key created on one api works on the other and can be rotated and deleted there', async () => {
      const { key, signing_secret: secret } = await make();
      await soon(202, () => bare(key));
      await soon(202, () => signedHeaders({ key: 'shop', secret, method: 'POST', target: path, body }));
      const { body: next } = await pair.first.call('POST', '/v1/keys/shop/rotate', { grace_ms: 0 });
      await soon(401, () => bare(key));
      await soon(202, () => bare(next.key));
      await pair.first.call('DELETE', '/v1/keys/shop');
      await soon(401, () => bare(next.key));
      await soon(401, () => signedHeaders({ key: 'shop', secret: next.signing_secret, method: 'POST', target: path, body }));
    });

    test('a nonce is accepted once over both apis, also for concurrent requests', async () => {
      const { signing_secret: secret } = await make();
      const sign = () => signedHeaders({ key: 'shop', secret, method: 'POST', target: path, body });
      await soon(202, sign);
      const headers = sign();
      const toFirst = () => pair.first.call('POST', path, body, { key: null, headers });
      const answers = await Promise.all([toFirst(), pair.publish(headers), toFirst(), pair.publish(headers)]);
      assert.deepEqual(answers.map(({ status, body: { code } }) => code ?? status).sort(), [202, 'nonce_replayed', 'nonce_replayed', 'nonce_replayed']);
    });

    test('both apis write to one audit log', async () => {
      const { key } = await make();
      await soon(202, () => bare(key));
      await eventually(async () => {
        const keysOf = async (log: string) => (await pair.first.call('GET', `/v1/audit?log=${log}`)).body.rows.map(({ key: id }: { key: string | null }) => id);
        assert.ok((await keysOf('changes')).includes('default') && (await keysOf('publishing')).includes('shop'), 'rows of both');
      });
    });
  });
}

describe('while Redis is away', () => {
  beforeEach(async () => {
    pair = await onRedis();
  });
  afterEach(async () => {
    await redis.kill();
    await redis.start();
  });

  test('known keys stay valid, nonces cannot be checked, and keys that the store lost end when it returns', async () => {
    const { key, signing_secret: secret } = await make();
    await soon(202, () => bare(key));
    await redis.kill();
    await eventually(async () => assert.equal((await pair.publish(bare(key))).body.code, 'unavailable'));
    assert.equal((await pair.publish(bare('dmx_unknown'))).status, 401);
    assert.equal((await pair.publish(signedHeaders({ key: 'shop', secret, method: 'POST', target: path, body }))).body.code, 'unavailable');
    assert.equal((await pair.publish(signedHeaders({ key: 'shop', secret: 'wrong', method: 'POST', target: path, body }))).body.code, 'signature_invalid');
    await redis.start();
    await eventually(async () => assert.equal((await pair.publish(bare(apiKey))).status, 202));
    await eventually(async () => assert.equal((await pair.publish(bare(key))).status, 401));
  });

  test('an api started during the outage has the keys of the config, and the stored keys when Redis returns', async (t) => {
    await redis.kill();
    const late = await startApi(t, settings());
    assert.equal((await late.call('POST', path, gift)).body.code, 'unavailable');
    await redis.start();
    await eventually(async () => assert.equal((await late.call('POST', path, gift)).status, 202));
    const { key } = await make();
    await eventually(async () => assert.equal((await late.call('POST', path, gift, { key })).status, 202));
  });
});
