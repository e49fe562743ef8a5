// Unknown routes get 404, unknown methods get 405 with the allowed methods.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { type ApiFixture, apiKey, mustRefuse, path, startApi } from '@danmux/testkit/api-fixture';
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
    ['POST', '/v1/keys/me', 'GET, HEAD'],
    ['PUT', '/v1/keys/shop', 'DELETE'],
  ] as const) {
    const answer = await fixture.call(method, where);
    mustRefuse(answer, 'method_not_allowed');
    assert.equal(answer.headers.get('allow'), allow);
  }
  assert.equal((await fixture.call('HEAD', '/v1/stats')).status, 200);
});

test('the body of a request without a route is not looked at', async () => {
  for (const body of ['{', '{}', 'x'.repeat(3_000_000)]) {
    for (const type of ['application/json', 'text/plain', 'no type']) {
      const options = { headers: { 'content-type': type } };
      mustRefuse(await fixture.call('POST', '/v2/x', body, options), 'not_found');
      mustRefuse(await fixture.call('POST', '/v1/stats', body, options), 'method_not_allowed');
    }
  }
});

test('QUERY, which Fastify refuses without a content type, gets 405 too', async () => {
  const status = await new Promise((resolve, reject) => {
    const authorization = `Bearer ${apiKey}`;
    request(`${fixture.url}/v1/stats`, { method: 'QUERY', headers: { authorization } }, (answer) => {
      answer.resume();
      resolve([answer.statusCode, answer.headers.allow]);
    })
      .on('error', reject)
      .end();
  });
  assert.deepEqual(status, [405, 'GET, HEAD']);
});

test('other origins get no CORS headers', async () => {
  const answer = await fixture.call('GET', '/v1/stats', undefined, { headers: { origin: 'https://elsewhere.example' } });
  assert.equal(answer.headers.get('access-control-allow-origin'), null);
});
