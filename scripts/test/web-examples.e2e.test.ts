// The recipes for web pages build as their readers would build them: React (type-checked with TypeScript 5), Vue, a plain page, server rendering. The
// server's page is rendered with a token of a real api.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { startDanmux } from '@danmux/testkit/whole-danmux';

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname;
const vite = join(root, 'node_modules/vite/bin/vite.js');
const folder = mkdtempSync(join(tmpdir(), 'danmux-examples-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function build(name: string): Promise<string> {
  const outDir = join(folder, name);
  await run(process.execPath, [vite, 'build', '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn'], { cwd: join(root, 'examples', name) });
  return outDir;
}

/** The scripts of a built page, joined. */
function scriptsOf(outDir: string): string {
  const names = readdirSync(join(outDir, 'assets')).filter((name) => name.endsWith('.js'));
  return names.map((name) => readFileSync(join(outDir, 'assets', name), 'utf8')).join('\n');
}

for (const name of ['react', 'vue', 'server-rendering']) {
  test(`examples/${name} builds, with the elements and one copy of the SDK`, { timeout: 120_000 }, async () => {
    const scripts = scriptsOf(await build(name));
    assert.match(scripts, /danmux-overlay/);
    assert.equal(scripts.match(/The client is closed\./g)?.length, 1, 'one copy of the SDK');
  });
}

test('examples/react type-checks with TypeScript 5', { timeout: 120_000 }, async () => {
  const cwd = join(root, 'examples/react');
  const compiler = join(cwd, 'node_modules/typescript');
  assert.match(JSON.parse(readFileSync(join(compiler, 'package.json'), 'utf8')).version, /^5\./);
  const { stdout } = await run(process.execPath, [join(compiler, 'bin/tsc'), '--noEmit'], { cwd }).catch((error: { stdout: string }) => error);
  assert.equal(stdout, '');
});

test('examples/plain builds, and leaves the scripts that the api serves where they are', { timeout: 120_000 }, async () => {
  const page = readFileSync(join(await build('plain'), 'index.html'), 'utf8');
  assert.match(page, /http:\/\/127\.0\.0\.1:7800\/sdk\/danmux\.js/);
  assert.match(page, /src="http:\/\/127\.0\.0\.1:7800\/sdk\/danmux-elements\.js"/);
});

test('examples/server-rendering puts a token of the api into the page', { timeout: 120_000 }, async (t) => {
  const danmux = await startDanmux(t);
  const page = join(await build('server-rendering'), 'index.html');
  const server = join(root, 'examples/server-rendering/src/server.js');
  const script = `const { render } = await import(${JSON.stringify(server)}); process.stdout.write(await render('live:1', { id: 'u"42', name: 'Ann' }));`;
  const env = { ...process.env, DANMUX_API: danmux.url, DANMUX_API_KEY: danmux.key, PAGE: page };
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { env });
  const [, token = ''] = /<danmux-chat url="http:\/\/127\.0\.0\.1:7700" room="live:1" token="([\w.-]+)">/.exec(stdout) ?? [];
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string };
  assert.equal(claims.sub, 'u"42');
  assert.match(stdout, /<script type="module"[^>]* src="\/assets\/index-[\w-]+\.js">/);
});
