// Lists of rooms in request bodies: names and prefixes are accepted, rules that match no room are refused, and the document states their form.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ApiFixture, mustRefuse, startApi } from '@danmux/testkit/api-fixture';
import { document } from '@danmux/testkit/documented-codes';
import { ownerOf } from '@danmux/testkit/unit';
import type { Schema } from '../../src/document/plain-schema.ts';

const owner = ownerOf(after);
let fixture: ApiFixture;
before(async () => {
  fixture = await startApi(owner);
});

const routes = [
  ['POST', '/v1/keys', { scopes: ['read'] }, 'invalid_request'],
  ['POST', '/v1/tokens', { sub: 'u42' }, 'invalid_request'],
  ['PUT', '/v1/words/ads', { action: 'hold', words: ['ad'] }, 'invalid_request'],
  ['POST', '/v1/broadcasts', { type: 'notice', data: 'x' }, 'invalid_room'],
] as const;

for (const [method, route, body, code] of routes) {
  test(`${method} ${route} refuses rules that match no room`, async () => {
    for (const rule of ['live:1', 'live:*', 'l*', '*', 'a'.repeat(127)])
      assert.ok((await fixture.call(method, route, { ...body, rooms: [rule] })).status < 300, `${rule} is refused`);
    for (const rule of ['l*ve', 'live:**', '房', '@me', ':*', ' live', '**', 'a'.repeat(129)]) {
      mustRefuse(await fixture.call(method, route, { ...body, rooms: ['live:1', rule] }), code);
    }
  });
}

test('the document has the rules that handlers check', () => {
  const { BroadcastRequest, SanctionRequest, BanRequest, WatchTokenRequest } = document.components.schemas as Readonly<Record<string, Schema>>;
  const [list] = BroadcastRequest?.properties?.['rooms']?.anyOf ?? [];
  assert.match(String(list?.items?.['pattern']), /\\\*/);
  assert.match(String(WatchTokenRequest?.properties?.['room']?.['pattern']), /^\^/);
  for (const schema of [SanctionRequest, BanRequest]) assert.deepEqual(schema?.['not'], { required: ['for_ms', 'until'] });
});
