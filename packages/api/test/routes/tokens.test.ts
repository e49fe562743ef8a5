// Signing viewer tokens.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { verifyViewerToken } from '@danmux/runtime';
import { type ApiFixture, mustRefuse, startApi } from '@danmux/testkit/api-fixture';
import { ownerOf } from '@danmux/testkit/unit';

let fixture: ApiFixture;
const now = 1_767_225_600_000;
const owner = ownerOf(after);
before(async () => {
  fixture = await startApi(owner, {}, { now: () => now });
});

const sign = (body: unknown) => fixture.call('POST', '/v1/tokens', body);

test('a token carries the requested claims', async () => {
  const asked = { sub: 'u1', name: '小明', avatar: '/a.png', level: 3, roles: ['mod'], rooms: ['live:*'], device: 'web', send: false };
  const { status, body } = await sign({ ...asked, ttl_s: 60 });
  assert.equal(status, 200);
  assert.equal(body.expires_at, now + 60_000);
  const claims = await verifyViewerToken(fixture.runtime.config.viewer, body.token, now);
  assert.deepEqual({ ...asked, iat: now / 1_000, exp: now / 1_000 + 60 }, claims);
});

test('a token is valid for an hour by default and a day at most', async () => {
  assert.equal((await sign({ sub: 'u1' })).body.expires_at, now + 3_600_000);
  assert.equal((await sign({ sub: 'u1', ttl_s: 86_400 })).status, 200);
  mustRefuse(await sign({ sub: 'u1', ttl_s: 86_401 }), 'invalid_request');
});

test('an error names the invalid field', async () => {
  for (const [body, field] of [
    [{}, 'sub'],
    [{ sub: '' }, 'sub'],
    [{ sub: 'u', ttl_s: 0 }, 'ttl_s'],
    [{ sub: 'u', ttl_s: '60' }, 'ttl_s'],
    [{ sub: 'u', send: 'no' }, 'send'],
    [{ sub: 'u', admin: true }, 'admin'],
    [{ sub: 'u', exp: 9_999_999_999 }, 'exp'],
    [{ sub: 'u', rooms: [''] }, 'rooms.0'],
    [{ sub: 'u', rooms: [] }, 'rooms'],
  ] as const) {
    const answer = await sign(body);
    mustRefuse(answer, 'invalid_request');
    assert.ok(
      answer.body.errors.some((error: { path: string }) => error.path === field),
      JSON.stringify(answer.body),
    );
  }
});

test('viewer.token_max_ttl_s limits the tokens that are signed here, and their default', async (t) => {
  const strict = await startApi(t, { 'viewer.token_max_ttl_s': 600 }, { now: () => now });
  assert.equal((await strict.call('POST', '/v1/tokens', { sub: 'u1' })).body.expires_at, now + 600_000);
  const answer = await strict.call('POST', '/v1/tokens', { sub: 'u1', ttl_s: 601 });
  mustRefuse(answer, 'invalid_request');
  assert.match(answer.body.detail, /ttl_s.*viewer\.token_max_ttl_s/);
});
