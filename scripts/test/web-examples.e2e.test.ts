// The recipes for web pages build as their readers would build them: React (type-checked with TypeScript 5), Vue, a plain page, server rendering. The
// server's page is rendered with a token of a real api. In Chromium every built recipe shows a chat message and a gift of one running danmux.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { Backend, Child, freePorts, startBrowser, testSecrets } from '@danmux/testkit';
import { startDanmux } from '@danmux/testkit/whole-danmux';

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname;
const vite = join(root, 'node_modules/vite/bin/vite.js');
const folder = mkdtempSync(join(tmpdir(), 'danmux-examples-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const built = new Map<string, Promise<string>>();

/** Builds a recipe once and resolves with its folder. */
function build(name: string): Promise<string> {
  const outDir = join(folder, name);
  const start = async () => {
    await run(process.execPath, [vite, 'build', '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn'], { cwd: join(root, 'examples', name) });
    return outDir;
  };
  const building = built.get(name) ?? start();
  built.set(name, building);
  return building;
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

/** Serves a built recipe as the site of its reader would: with the addresses of this danmux, a video, and tokens for signed-in viewers. */
async function serveSite(t: TestContext, name: string, danmux: { readonly api: string; readonly edge: string; readonly token: () => Promise<string> }) {
  const outDir = await build(name);
  const addressed = (text: string) => text.replaceAll('http://127.0.0.1:7700', danmux.edge).replaceAll('http://127.0.0.1:7800', danmux.api);
  const video = readFileSync(join(root, 'packages/web/demo/public/players/sample.mp4'));
  const types: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' };
  const answer = async (path: string): Promise<{ readonly type: string; readonly body: string | Buffer } | null> => {
    if (path === '/my/token') return { type: 'text/plain', body: await danmux.token() };
    if (path === '/live.mp4') return { type: 'video/mp4', body: video };
    const file = join(outDir, path === '/' ? 'index.html' : path);
    if (!existsSync(file)) return null;
    const page = addressed(readFileSync(file, 'utf8'));
    return {
      type: types[extname(file)] ?? 'application/octet-stream',
      body: path === '/' && name === 'server-rendering' ? await renderedBy(danmux, file) : page,
    };
  };
  const site = createServer((request, response) => {
    answer(new URL(request.url ?? '/', 'http://site').pathname).then(
      (found) => (found ? response.writeHead(200, { 'content-type': found.type }).end(found.body) : response.writeHead(204).end()),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  t.after(() => site.close());
  return `http://127.0.0.1:${(site.address() as AddressInfo).port}/`;
}

/** The page as the recipe's own server renders it. */
async function renderedBy({ api, edge }: { readonly api: string; readonly edge: string }, page: string): Promise<string> {
  const server = join(root, 'examples/server-rendering/src/server.js');
  const script = `const { render } = await import(${JSON.stringify(server)}); process.stdout.write(await render('live:1001', { id: 'u42', name: 'Ann' }));`;
  const env = { ...process.env, DANMUX_API: api, DANMUX_EDGE: edge, DANMUX_API_KEY: testSecrets.DANMUX_API_KEY, PAGE: page };
  return (await run(process.execPath, ['--input-type=module', '-e', script], { env })).stdout;
}

test('every built recipe shows a chat message and a gift in Chromium', { timeout: 180_000 }, async (t) => {
  const port = await freePorts(2);
  const [edge, api] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${port + 1}`];
  const env = { ...testSecrets, NODE_ENV: 'development', DANMUX_CONFIG_DIR: join(root, 'config'), REDIS_URL: '' };
  const ports = { DANMUX_EDGE_PORT: String(port), DANMUX_API_PORT: String(port + 1) };
  const main = join(root, 'packages/cli/dist/main.js');
  const danmux = new Child('danmux start', process.execPath, [main, 'start'], { cwd: folder, env: { ...env, ...ports }, ipc: true });
  t.after(() => danmux.stop());
  await danmux.ready;
  const backend = new Backend(api, testSecrets.DANMUX_API_KEY);
  const say = async (type: string, data: object) => {
    const { status } = await backend.post('/v1/rooms/live:1001/messages', { type, data, from: { id: 'u1', name: '小明' } });
    assert.equal(status, 202);
  };
  await say('chat', { text: '从前' });
  const token = async () => ((await backend.post('/v1/tokens', { sub: 'u7', name: 'Ann' })).body as { token: string }).token;
  const browser = await startBrowser();
  t.after(() => browser.close());
  const complaints: string[] = [];
  const open = async (name: string) => {
    const page = await browser.newPage();
    page.on('console', (message) => message.type() === 'error' && complaints.push(`${name}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(`${name}: ${error}`));
    await page.goto(await serveSite(t, name, { api, edge, token }));
    return { name, page };
  };
  const pages = await Promise.all(['react', 'vue', 'plain', 'server-rendering'].map(open));
  // A message from before proves that the page is in the room, so it gets the next ones live.
  for (const { page } of pages) await page.getByText('从前').first().waitFor({ state: 'attached' });
  // The pages are watched before the gift is sent, because an overlay shows a gift for a few seconds only.
  const shown = pages.flatMap(({ name, page }) => {
    const list = page.locator(name === 'react' || name === 'vue' ? 'ul' : 'danmux-chat');
    return [list.getByText('晚上好'), list.getByText('火箭').first(), page.locator('danmux-overlay').getByText('火箭').first()];
  });
  const send = async () => {
    await say('chat', { text: '晚上好' });
    await say('gift', { gift: 'rocket', name: '火箭', count: 3 });
  };
  await Promise.all([...shown.map((message) => message.waitFor({ state: 'attached' })), send()]);
  assert.deepEqual(complaints, []);
});
