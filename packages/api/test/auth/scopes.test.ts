// Scopes: each grants its own routes, admin grants all, and a route without a scope fails the start.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type ApiFixture, gift, mustRefuse, path, startApi } from '@danmux/testkit/api-fixture';
import { ownerOf } from '@danmux/testkit/unit';
import { checkScope, mustBeGuarded, type Scope, scopeNames } from '../../src/auth/scopes.ts';

let fixture: ApiFixture;
/** Watch keys are made at run time only. */
const configured = scopeNames.filter((scope) => scope !== 'watch');
const keyOf = (scope: string) => `${scope}-${'x'.repeat(32)}`;
const owner = ownerOf(after);
before(async () => {
  const keys = configured.map((scope) => ({ id: scope, scopes: [scope], hashes: [createHash('sha256').update(keyOf(scope)).digest('hex')] }));
  fixture = await startApi(owner, { 'api.keys': keys });
});

test('admin includes every scope; the others include only themselves', () => {
  for (const given of scopeNames) {
    for (const wanted of scopeNames) {
      if (given === wanted || given === 'admin') checkScope([given], wanted);
      else assert.throws(() => checkScope([given], wanted), { code: 'forbidden' });
    }
  }
  for (const given of configured) checkScope([given], 'any');
  assert.throws(() => checkScope(['watch'], 'any'), { code: 'forbidden' });
  checkScope(['read', 'publish'], 'publish');
  assert.throws(() => checkScope(['publish'], undefined), { code: 'forbidden' });
});

test('a route refuses a key without its scope', async () => {
  for (const scope of configured) {
    const key = keyOf(scope);
    const opens = (wanted: Scope) => scope === wanted || scope === 'admin';
    const read = await fixture.call('GET', '/v1/stats', undefined, { key });
    const sent = await fixture.call('POST', path, gift, { key });
    if (opens('read')) assert.equal(read.status, 200);
    else mustRefuse(read, 'forbidden');
    if (opens('publish')) assert.equal(sent.status, 202);
    else mustRefuse(sent, 'forbidden');
  }
  assert.equal((await fixture.sequence()).length, 2);
});

test('a route that is not public must name a scope', () => {
  const route = (config: object) => () => mustBeGuarded({ method: 'GET', url: '/x', config });
  for (const config of [{}, { public: false }, { scope: 'everything' }, { public: true, scope: 'read' }, { public: true, scope: 'any' }, { auth: 'own' }])
    assert.throws(route(config), /\/x must/);
  for (const config of [{ public: true }, { scope: 'read' }, { scope: 'any' }, { scope: 'publish', auth: 'own' }]) route(config)();
});
