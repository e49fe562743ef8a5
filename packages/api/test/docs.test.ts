// The documentation is public and loads nothing from other servers.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ApiFixture, startApi } from '@danmux/testkit/api-fixture';
import { ownerOf } from '@danmux/testkit/unit';

const owner = ownerOf(after);
let fixture: ApiFixture;
before(async () => {
  fixture = await startApi(owner);
});

const get = (where: string) => fixture.call('GET', where, undefined, { key: null });

test('/docs and the files it loads need no key', async () => {
  for (const where of ['/docs', '/docs/', '/docs/json']) assert.equal((await get(where)).status, 200, where);
  const { body } = await get('/docs/');
  const loaded = [...String(body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url = '']) => url);
  assert.ok(loaded.length >= 4);
  for (const url of loaded) {
    assert.ok(!/^(https?:)?\/\//.test(url), `${url} is on another server`);
    assert.equal((await get(new URL(url, 'http://x/docs/').pathname)).status, 200, url);
  }
});

test('/openapi.json returns the document', async () => {
  const { body } = await get('/openapi.json');
  assert.equal(body.openapi, '3.1.0');
  assert.deepEqual(body.paths, (await get('/docs/json')).body.paths);
});
