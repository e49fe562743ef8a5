// Edges: the order of addresses, the stored last edge, and the handling of gateway replies.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Edges } from '../../src/client/edges.ts';
import type { Host } from '../../src/client/host.ts';

const storage = (kept: Record<string, string> = {}) => ({
  kept,
  getItem: (key: string) => kept[key] ?? null,
  setItem: (key: string, value: string) => void Object.assign(kept, { [key]: value }),
});

const urls = ['http://a:1', 'http://b:1', 'http://c:1'];

/** A gateway that gives these answers in turn and repeats the last one. */
function gateway(...answers: unknown[]): Host & { asked: number } {
  const host = {
    asked: 0,
    getJson: async () => {
      host.asked++;
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  return host;
}

async function tries(edges: Edges, count: number): Promise<string[]> {
  const tried: string[] = [];
  for (let i = 0; i < count; i++) {
    tried.push(await edges.next());
    edges.failed();
  }
  return tried;
}

test('the addresses of a list are tried in turn; an empty list is refused', async () => {
  const edges = new Edges({ url: urls }, {});
  assert.deepEqual((await tries(edges, 3)).sort(), urls);
  assert.throws(() => new Edges({}, {}), { code: 'invalid_request' });
  assert.throws(() => new Edges({ url: [] }, {}), { code: 'invalid_request' });
});

test('viewers with the same list start with different edges', async () => {
  const first = new Set<string>();
  for (let i = 0; i < 200; i++) first.add(await new Edges({ url: urls }, {}).next());
  assert.equal(first.size, 3);
});

test('the last accepting edge is tried first on the next visit, if it is still listed', async () => {
  const kept = storage();
  new Edges({ url: urls }, { storage: kept }).succeeded('http://b:1');
  for (let i = 0; i < 20; i++) assert.equal(await new Edges({ url: urls }, { storage: kept }).next(), 'http://b:1');
  assert.ok(
    urls.slice(0, 1).includes(await new Edges({ url: ['http://a:1'] }, { storage: kept }).next()),
    'a stored edge that is no longer listed is not used',
  );
  const refused = { getItem: () => assert.fail('refused'), setItem: () => assert.fail('refused') };
  const edges = new Edges({ url: urls }, { storage: refused });
  edges.succeeded(await edges.next());
});

test("a gateway's edges are tried best first; the list is requested again when all failed or its TTL ended", async (t) => {
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const host = gateway({ edges: [{ url: 'http://a:1' }, { url: 'http://b:1' }], ttl_ms: 60_000 }, { edges: [{ url: 'http://c:1' }], ttl_ms: 60_000 });
  const edges = new Edges({ gateway: 'http://api/v1/gateway' }, host);
  assert.deepEqual(await tries(edges, 3), ['http://a:1', 'http://b:1', 'http://c:1']);
  assert.equal(host.asked, 2);
  edges.succeeded('http://c:1');
  await edges.next();
  assert.equal(host.asked, 2, 'no request within the TTL of the list');
  now = 60_000;
  await edges.next();
  assert.equal(host.asked, 3);
});

test('an unavailable gateway or an invalid reply keeps the previous list', async () => {
  const nonsense = [new Error('away'), null, { edges: [] }, { edges: 'x' }, { edges: [{ url: 'javascript:alert(1)' }, 7] }, '<html>'];
  for (const answer of nonsense) {
    await assert.rejects(new Edges({ gateway: 'http://api' }, gateway(answer)).next(), { code: 'unavailable' });
    assert.equal(await new Edges({ gateway: 'http://api', url: 'http://a:1' }, gateway(answer)).next(), 'http://a:1');
  }
});
