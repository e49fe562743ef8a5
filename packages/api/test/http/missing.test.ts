// Unknown routes get 404, unknown methods get 405 with the allowed methods.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ApiFixture, mustRefuse, path, startApi } from '@danmux/testkit/api-fixture';
import { ownerOf } from '@danmux/testkit/unit';

const owner = ownerOf(after);
let fixture: ApiFixture;
before(async () => {
  fixture = await startApi(owner);
});

test('an unknown route gets 404, with or without a key', async () => {
  for (const where of ['/v2/x', '/v1', '/v1/', '/v1/rooms/a/b/c', '/v1/rooms/a/mutes/b/c', `${path}/`, '/consoles/', '/favicon.ico']) {
    for (const options of [{}, { key: null }]) mustRefuse(await fixture.call('GET', where, undefined, options), 'not_found');
  }
  assert.ok((await fixture.refused('not_found')) >= 16);
});

test('the error repeats at most the start of a long path', async () => {
  assert.ok((await fixture.call('GET', `/${'x'.repeat(5_000)}`)).body.detail.length < 300);
});

test('a wrong method gets 405 with Allow', async () => {
  for (const [method, where, allow] of [
    ['GET', path, 'POST'],
    ['DELETE', '/v1/tokens', 'POST'],
    ['POST', '/v1/stats', 'GET, HEAD'],
    ['PUT', '/v1/rooms/live:1', 'GET, HEAD, PATCH'],
    ['POST', '/v1/rooms/live:1/mutes/u', 'GET, HEAD, PUT, DELETE'],
    ['GET', '/v1/users/u/kick', 'POST'],
    ['OPTIONS', '/v1/stats', 'GET, HEAD'],
    ['POST', '/healthz', 'GET, HEAD'],
  ] as const) {
    const answer = await fixture.call(method, where);
    mustRefuse(answer, 'method_not_allowed');
    assert.equal(answer.headers.get('allow'), allow);
  }
  assert.equal((await fixture.call('HEAD', '/v1/stats')).status, 200);
});

test('other origins get no CORS headers', async () => {
  const answer = await fixture.call('GET', '/v1/stats', undefined, { headers: { origin: 'https://elsewhere.example' } });
  assert.equal(answer.headers.get('access-control-allow-origin'), null);
});
