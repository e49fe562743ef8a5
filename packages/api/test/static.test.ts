// The index page and the files of the web folder, with and without a build.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type ApiFixture, startApi } from '@danmux/testkit/api-fixture';
import { closeAfter, ownerOf } from '@danmux/testkit/unit';
import type { FastifyInstance } from 'fastify';
import { Drain } from '../src/http/drain.ts';
import { createServer } from '../src/server.ts';

let folder: string;
const owner = ownerOf(afterEach);
let fixture: ApiFixture;
let app: FastifyInstance;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'danmux-web-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function open(demo: boolean): Promise<void> {
  fixture = await startApi(owner, { 'api.demo': demo });
  app = await createServer(fixture.runtime, fixture.bus, fixture.jobs, new Drain(), { webRoot: folder });
  closeAfter(owner, () => app.close());
}

function write(name: string, text: string): void {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, name), text);
}

describe('not built', () => {
  test('the demo, the console and the SDK name the build command', async () => {
    await open(true);
    for (const url of ['/demo', '/demo/', '/demo/assets/x.js', '/console/', '/sdk/danmux.js']) {
      const answer = await app.inject(url);
      assert.equal(answer.statusCode, 404, url);
      assert.match(answer.headers['content-type'] as string, /^text\/html/);
      assert.match(answer.body, /npm run build/);
    }
  });
});

describe('built', () => {
  beforeEach(() => {
    write('sdk/danmux.js', 'export {}');
    write('demo/index.html', '<!doctype html>demo');
    write('overlay/index.html', '<!doctype html>overlay');
    write('console/index.html', '<!doctype html>console');
    write('secret.txt', 'not served');
  });

  test('the files of the folder are served and no others', async () => {
    await open(true);
    assert.equal((await app.inject('/demo/')).body, '<!doctype html>demo');
    // Relative, because the api may stand below a path of the proxy.
    assert.equal((await app.inject('/demo')).headers.location, './demo/');
    const sdk = await app.inject('/sdk/danmux.js');
    assert.match(sdk.headers['content-type'] as string, /javascript/);
    assert.equal(sdk.headers['cross-origin-resource-policy'], 'cross-origin', 'pages of others load it');
    assert.equal(sdk.headers['access-control-allow-origin'], '*', 'and import it');
    for (const url of ['/demo/../secret.txt', '/demo/%2e%2e/secret.txt', '/sdk/..%2fsecret.txt', '/demo/none.js', '/sdk/']) {
      const answer = await app.inject(url);
      assert.notEqual(answer.statusCode, 200, url);
      assert.ok(!answer.body.includes('not served'));
    }
  });

  test('the demo is served only when api.demo is on; the SDK always', async () => {
    await open(false);
    for (const url of ['/demo', '/demo/', '/demo/config.json']) assert.equal((await app.inject(url)).statusCode, 404, url);
    assert.equal((await app.inject({ method: 'POST', url: '/demo/token', payload: { room: 'live:1' } })).statusCode, 404);
    assert.equal((await app.inject('/sdk/danmux.js')).statusCode, 200);
  });

  test('the OBS page is always served, and its policy allows only its own files', async () => {
    await open(false);
    const { headers, body } = await app.inject('/overlay/?room=live:1');
    assert.equal(body, '<!doctype html>overlay');
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self';/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.ok(!policy.includes('unsafe'), policy);
  });

  test('the console is always served, and its policy allows only its own files', async () => {
    await open(false);
    const { headers, body } = await app.inject('/console/');
    assert.equal(body, '<!doctype html>console');
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self';/);
    assert.match(policy, /connect-src 'self'; require-trusted-types-for 'script'/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.ok(!policy.includes('unsafe'), policy);
  });

  test('a browser gets the copy that it can unpack, each with its own ETag and as the type of the file', async () => {
    write('sdk/danmux.js.br', 'brotli');
    write('sdk/danmux.js.gz', 'gzip');
    await open(true);
    const seen = new Set<unknown>();
    for (const [accepted, encoding, body] of [
      ['gzip, deflate, br, zstd', 'br', 'brotli'],
      ['gzip', 'gzip', 'gzip'],
      ['identity', undefined, 'export {}'],
    ] as const) {
      const headers = { 'accept-encoding': accepted };
      const answer = await app.inject({ url: '/sdk/danmux.js', headers });
      assert.deepEqual([answer.headers['content-encoding'], answer.body], [encoding, body], accepted);
      assert.match(String(answer.headers['content-type']), /javascript/);
      assert.equal(answer.headers.vary, 'accept-encoding');
      assert.equal(answer.headers['cache-control'], 'public, no-cache');
      seen.add(answer.headers.etag);
      const again = await app.inject({ url: '/sdk/danmux.js', headers: { ...headers, 'if-none-match': String(answer.headers.etag) } });
      assert.deepEqual([again.statusCode, again.body], [304, ''], accepted);
    }
    assert.equal(seen.size, 3);
  });

  test('a file with a hash in its name is immutable, in each encoding; a page and an unhashed asset are asked for again', async () => {
    for (const name of ['demo/assets/main-Bx_9-a0Z.js', 'demo/assets/main-Bx_9-a0Z.js.br', 'demo/assets/logo.svg', 'demo/index.html.br']) write(name, 'x');
    await open(true);
    for (const accepted of ['br', 'identity']) {
      const cacheOf = async (url: string) => (await app.inject({ url, headers: { 'accept-encoding': accepted } })).headers['cache-control'];
      assert.equal(await cacheOf('/demo/assets/main-Bx_9-a0Z.js'), 'public, max-age=31536000, immutable', accepted);
      for (const url of ['/demo/', '/demo/assets/logo.svg']) assert.equal(await cacheOf(url), 'public, no-cache', `${url} ${accepted}`);
    }
  });

  test('every link of the index works', async () => {
    await open(true);
    const { name, version, ...links } = (await app.inject('/')).json();
    assert.deepEqual([name, version], ['danmux', '0']);
    assert.ok('demo' in links);
    for (const url of Object.values(links)) assert.equal((await app.inject(url as string)).statusCode, 200, url as string);
  });
});
