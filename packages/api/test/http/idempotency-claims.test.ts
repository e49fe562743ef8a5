// Claims of Idempotency-Keys: each API key has its own, and the claim of a crashed request expires.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { gift, mustRefuse, path, startApi } from '@danmux/testkit/api-fixture';

const headers = { 'idempotency-key': 'pay-1' };

test('Idempotency-Keys of different API keys are independent', async (t) => {
  const other = 'another-key-0123456789-0123456789-0123';
  const fixture = await startApi(t, { 'api.key_hashes': [createHash('sha256').update(other).digest('hex')] });
  const mine = await fixture.call('POST', path, gift, { headers });
  const theirs = await fixture.call('POST', path, { ...gift, data: 2 }, { headers, key: other });
  assert.equal(theirs.status, 202);
  assert.notEqual(theirs.body.id, mine.body.id);
});

test('after a crash between storing and answering the retry runs when the claim expires, and adds no message', async (t) => {
  let now = 1_000_000;
  const fixture = await startApi(t, {}, { now: () => now });
  const silent = () => new Promise<never>(() => {});
  let stored = () => {};
  const published = new Promise<void>((resolve) => {
    stored = resolve;
  });
  fixture.gate.replace('ingress.publish', async (publications) => {
    await fixture.bus.ingress.publish(publications);
    stored();
    return silent();
  });
  const controller = new AbortController();
  const lost = fetch(fixture.url + path, {
    method: 'POST',
    signal: controller.signal,
    headers: { ...headers, 'x-api-key': 'k'.repeat(40), 'content-type': 'application/json' },
    body: JSON.stringify(gift),
  });
  await published;
  controller.abort();
  await assert.rejects(lost);
  fixture.gate.restore('ingress.publish');
  mustRefuse(await fixture.call('POST', path, gift, { headers }), 'idempotency_in_flight');
  now += 10_001;
  assert.equal((await fixture.call('POST', path, gift, { headers })).status, 202);
  assert.equal(await fixture.accepted(), 1);
});
