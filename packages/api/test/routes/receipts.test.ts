// Receipt counts of a message, while receipts arrive and when they are final.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { type ApiFixture, gift, mustRefuse, path, startApi } from '@danmux/testkit/api-fixture';
import { ownerOf } from '@danmux/testkit/unit';

const owner = ownerOf(afterEach);
let now = 1_000_000;
let fixture: ApiFixture;
beforeEach(async () => {
  now = 1_000_000;
  fixture = await startApi(owner, {}, { now: () => now });
});

const ask = (id: string) => fixture.call('GET', `/v1/messages/${encodeURIComponent(id)}/receipts`);

test('counts of all edges and rooms are summed; the state is final after the timeout', async () => {
  const id = 'a/b?c';
  await fixture.call('POST', path, { ...gift, id, receipt: true });
  const nothing = { id, at: now, state: 'waiting', sent: 0, received: 0, missing: 0, rooms: ['live:1'] };
  assert.deepEqual((await ask(id)).body, nothing);
  const row = { id, room: 'live:1' };
  await fixture.bus.receipts.report([
    { ...row, edge: 'e1', sent: 10, received: 7 },
    { ...row, edge: 'e2', sent: 5, received: 5 },
  ]);
  assert.deepEqual((await ask(id)).body, { ...nothing, sent: 15, received: 12, missing: 3 });
  await fixture.call('POST', '/v1/rooms/live:0/messages', { ...gift, id, receipt: true });
  await fixture.bus.receipts.report([{ id, room: 'live:0', edge: 'e1', sent: 1, received: 0 }]);
  now += fixture.runtime.config.receipts.timeout_ms;
  const { body } = await ask(id);
  assert.deepEqual(body, { ...nothing, state: 'final', sent: 16, received: 12, missing: 4, rooms: ['live:0', 'live:1'] });
});

test('a message without receipt, or an unknown id, gets 404', async () => {
  await fixture.call('POST', path, { ...gift, id: 'plain' });
  for (const id of ['plain', 'nobody']) mustRefuse(await ask(id), 'not_found');
  for (const id of ['a b', 'x'.repeat(65), '礼']) mustRefuse(await ask(id), 'invalid_request');
});
