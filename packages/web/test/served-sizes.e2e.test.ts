// The sizes that the SDK's README promises are those that a browser downloads from the api, by brotli and by gzip, and hashed files of the pages
// are immutable. The files of Swagger UI are compressed too.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { after, before, test } from 'node:test';
import { ownerOf } from '@danmux/testkit/unit';
import { type Danmux, startDanmux } from '@danmux/testkit/whole-danmux';

const readme = readFileSync(new URL('../../sdk/README.md', import.meta.url), 'utf8');
/** Rows such as `| /sdk/danmux.js | … | 29 KiB | 32 KiB |`. */
const promised = [...readme.matchAll(/^\| `(\/sdk\/[\w.-]+)` \|.*\| ([\d.]+) KiB \| ([\d.]+) KiB \|$/gm)].map(([, path = '', br, gzip]) => ({
  path,
  br: Number(br),
  gzip: Number(gzip),
}));

const owner = ownerOf(after);
let danmux: Danmux;
before(async () => {
  danmux = await startDanmux(owner);
});

function download(path: string, encoding: string, etag?: string): Promise<{ status?: number | undefined; bytes: number; headers: IncomingMessage['headers'] }> {
  return new Promise((resolve, reject) => {
    get(danmux.url + path, { headers: { 'accept-encoding': encoding, ...(etag ? { 'if-none-match': etag } : {}) } }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      answer.on('end', () => resolve({ status: answer.statusCode, bytes, headers: answer.headers }));
    }).on('error', reject);
  });
}

test('the README names every script', () => {
  const scripts = readdirSync(new URL('../dist/sdk', import.meta.url)).filter((name) => name.endsWith('.js'));
  assert.deepEqual(promised.map(({ path }) => path).sort(), scripts.map((name) => `/sdk/${name}`).sort());
});

for (const { path, ...sizes } of promised) {
  test(`${path} is as small as the README says`, async () => {
    for (const encoding of ['br', 'gzip'] as const) {
      const { bytes, headers } = await download(path, encoding);
      assert.equal(headers['content-encoding'], encoding);
      assert.ok(bytes <= sizes[encoding] * 1_024, `${bytes} bytes of ${encoding}, ${sizes[encoding]} KiB promised`);
      assert.ok(bytes > sizes[encoding] * 1_024 * 0.85, `the promise is out of date: ${bytes} bytes of ${encoding}, ${sizes[encoding]} KiB promised`);
    }
  });
}

test('the script of the console has a hash in its name and is immutable, compressed or not', async () => {
  const [script] = readdirSync(new URL('../dist/console/assets', import.meta.url)).filter((name) => name.endsWith('.js'));
  for (const encoding of ['br', 'gzip', 'identity']) {
    const { headers } = await download(`/console/assets/${script}`, encoding);
    assert.equal(headers['cache-control'], 'public, max-age=31536000, immutable', encoding);
  }
  const { headers } = await download('/console/', 'br');
  assert.deepEqual([headers['cache-control'], typeof headers.etag], ['public, no-cache', 'string']);
});

test("Swagger UI's files are compressed, with an ETag that a browser revalidates", async () => {
  const page = await (await fetch(`${danmux.url}/docs/`)).text();
  // The initializer is made at run time, and small.
  const files = [...page.matchAll(/(?:src|href)="\.?\/?(static\/[\w-]+\.(?:js|css))"/g)]
    .map(([, path = '']) => `/docs/${path}`)
    .filter((path) => !path.endsWith('/swagger-initializer.js'));
  assert.ok(files.length >= 4, `the page loads ${files}`);
  const total = { br: 0, gzip: 0, identity: 0 };
  for (const path of files) {
    const plain = await download(path, 'identity');
    for (const encoding of ['br', 'gzip'] as const) {
      const { bytes, headers } = await download(path, encoding);
      // A small file fits into one packet anyway.
      if (plain.bytes >= 1_024) assert.equal(headers['content-encoding'], encoding, path);
      assert.deepEqual([headers['cache-control'], headers.vary?.includes('accept-encoding')], ['public, no-cache', true], path);
      assert.match(headers['content-type'] ?? '', path.endsWith('.css') ? /^text\/css/ : /javascript/);
      assert.equal((await download(path, encoding, headers.etag)).status, 304, path);
      total[encoding] += bytes;
    }
    total.identity += plain.bytes;
  }
  assert.ok(total.br < total.identity * 0.3 && total.gzip < total.identity * 0.35, JSON.stringify(total));
});
