// The sizes that the SDK's README promises are those that a browser downloads from the api, by brotli and by gzip, and hashed files of the pages
// are immutable.
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

function download(path: string, encoding: string): Promise<{ bytes: number; headers: IncomingMessage['headers'] }> {
  return new Promise((resolve, reject) => {
    get(danmux.url + path, { headers: { 'accept-encoding': encoding } }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      answer.on('end', () => resolve({ bytes, headers: answer.headers }));
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
