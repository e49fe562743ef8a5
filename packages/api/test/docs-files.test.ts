// The compressed copies of Swagger UI's files: those of the same version are served, others and unknown names are not.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { startApi } from '@danmux/testkit/api-fixture';
import { closeAfter, ownerOf } from '@danmux/testkit/unit';
import type { FastifyInstance } from 'fastify';
import { Drain } from '../src/http/drain.ts';
import { createServer } from '../src/server.ts';

const { version } = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@fastify/swagger-ui/package.json'), 'utf8')) as { version: string };
const owner = ownerOf(afterEach);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'danmux-docs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An api whose web folder has a copy of the style sheet for a version of Swagger UI. */
async function open(copyOf: string): Promise<FastifyInstance> {
  mkdirSync(join(folder, 'docs', copyOf), { recursive: true });
  writeFileSync(join(folder, 'docs', copyOf, 'swagger-ui.css'), 'body{}');
  writeFileSync(join(folder, 'docs', copyOf, 'swagger-ui.css.br'), brotliCompressSync('body{}'));
  const fixture = await startApi(owner);
  const app = await createServer(fixture.runtime, fixture.bus, fixture.jobs, new Drain(), { webRoot: folder });
  closeAfter(owner, () => app.close());
  return app;
}

const asked = (app: FastifyInstance, url: string, encoding: string) => app.inject({ url, headers: { 'accept-encoding': encoding } });

test('the copy of the same version is served, compressed when the browser accepts it', async () => {
  const app = await open(version);
  const compressed = await asked(app, '/docs/static/swagger-ui.css', 'gzip, br');
  assert.deepEqual([compressed.statusCode, compressed.headers['content-encoding']], [200, 'br']);
  assert.equal(brotliDecompressSync(compressed.rawPayload).toString(), 'body{}');
  assert.match(compressed.headers['content-security-policy'] as string, /default-src/);
  const plain = await asked(app, '/docs/static/swagger-ui.css?x=1', 'identity');
  assert.deepEqual([plain.headers['content-encoding'], plain.body, plain.headers['vary']], [undefined, 'body{}', 'accept-encoding']);
});

test("a copy of another version is not served, and Swagger UI's own files are", async () => {
  const app = await open('0.0.1');
  const { statusCode, headers, body } = await asked(app, '/docs/static/swagger-ui.css', 'br');
  assert.deepEqual([statusCode, headers['content-encoding']], [200, undefined]);
  assert.ok(body.length > 10_000, `${body.length} bytes`);
});

test('names outside the copies are answered by Swagger UI', async () => {
  const app = await open(version);
  assert.equal((await asked(app, '/docs/static/favicon-32x32.png', 'br')).headers['content-type'], 'image/png');
  for (const url of ['/docs/static/swagger-ui.css.br', '/docs/static/../../secret', '/docs/static/%2e%2e/x', '/docs/static/'])
    assert.notEqual((await asked(app, url, 'br')).body, 'body{}', url);
});
