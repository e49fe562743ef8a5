// Security headers of API replies, pages and the documentation.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ApiFixture, startApi } from '@danmux/testkit/api-fixture';
import { ownerOf } from '@danmux/testkit/unit';

const owner = ownerOf(after);
let fixture: ApiFixture;
before(async () => {
  fixture = await startApi(owner, { 'api.demo': true });
});

async function policy(where: string): Promise<Map<string, string>> {
  const answer = await fixture.call('GET', where, undefined, { key: null });
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', where);
  const text = answer.headers.get('content-security-policy') ?? '';
  return new Map(text.split(';').map((part) => [part.trim().split(' ')[0] ?? '', part.trim().split(' ').slice(1).join(' ')]));
}

test('the policy of API replies allows nothing', async () => {
  for (const where of ['/', '/openapi.json', '/healthz', '/v1/stats', '/nothing'])
    assert.deepEqual(Object.fromEntries(await policy(where)), {
      'default-src': "'none'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    });
});

test('pages run only their own scripts, and work over HTTP under any host name', async () => {
  for (const where of ['/docs', '/demo/']) {
    const directives = await policy(where);
    assert.equal(directives.get('default-src'), "'none'");
    assert.equal(directives.get('script-src'), "'self'");
    assert.ok(!directives.has('upgrade-insecure-requests'), where);
  }
});

test('the documentation connects only to this server, the demo also to edges', async () => {
  assert.equal((await policy('/docs')).get('connect-src'), "'self'");
  assert.equal((await policy('/demo/')).get('connect-src'), "'self' http: https: ws: wss:");
});
