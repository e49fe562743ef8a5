// Danmux behind a real nginx that removes a path prefix: addresses of clients, signed requests and the URLs of edges.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { createClient } from '@danmux/sdk';
import { freePorts, type Nginx, startBrowser, startNginx } from '@danmux/testkit';
import { signedHeaders } from '@danmux/testkit/signed-request';
import { eventually, testConfig } from '@danmux/testkit/unit';
import { composeNode, type Node, roleNames } from 'danmux';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';

const key = 'k'.repeat(40);
const secret = 'a-signing-secret-0123456789-0123456789';
const body = JSON.stringify({ type: 'gift', data: { gift: 'rocket' } });
const messages = '/v1/rooms/live:1/messages';
const lines: string[] = [];
let node: Node;
let nginx: Nginx;
let api: string;

interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test knows the shape of the reply it expects
  readonly body: any;
}

/** Sends a request from this loopback address: on Linux all of 127.0.0.0/8 belongs to the machine. */
function from(address: string, url: string, { method = 'GET', headers = {}, sent }: { method?: string; headers?: object; sent?: string } = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const type = sent === undefined ? {} : { 'content-type': 'application/json' };
    const sending = request(url, { method, localAddress: address, headers: { ...type, ...headers } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
    });
    sending.once('error', reject).end(sent);
  });
}

const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
const rowsOf = async () => (await from('127.0.0.1', `${api}/v1/audit?log=publishing`, { headers: bearer(key) })).body.rows as { address: string }[];

before(async () => {
  const [edgePort, apiPort] = [await freePorts(2)].flatMap((first) => [first, first + 1]);
  nginx = await startNginx([
    { path: '/danmux/', to: `http://127.0.0.1:${apiPort}/` },
    { path: '/edge-3/', to: `http://127.0.0.1:${edgePort}/` },
  ]);
  const hash = createHash('sha256').update('z'.repeat(40)).digest('hex');
  const config = testConfig({
    ...{ 'api.port': apiPort, 'edge.port': edgePort, 'api.drain_ms': 100, 'edge.drain_ms': 100, shards: 2, 'api.key': key, 'log.level': 'debug' },
    ...{ 'api.demo': true, 'viewer.allow_guests': true, trusted_proxies: ['127.0.0.1/32'], 'api.public_path': '/danmux' },
    ...{ 'edge.public_url': `${nginx.url}/edge-{index}/`, 'edge.index': 3 },
    'api.keys': [{ id: 'signer', scopes: ['publish'], hashes: [hash], signing_secrets: [secret], signed_only: true }],
  });
  node = composeNode(config, roleNames, { write: (line) => void lines.push(line) });
  for (const part of node.parts) await part.start();
  api = `http://127.0.0.1:${apiPort}`;
});

after(async () => {
  await nginx?.stop();
  for (const part of [...(node?.parts ?? [])].reverse()) {
    await part.drain?.();
    await part.stop();
  }
});

test('the audit log has the address of each client, and no address that a client wrote', async () => {
  const push = (address: string, url: string, headers: object = {}) =>
    from(address, url + messages, { method: 'POST', headers: { ...bearer(key), ...headers }, sent: body });
  assert.equal((await push('127.0.0.2', `${nginx.url}/danmux`)).status, 202);
  assert.equal((await push('127.0.0.3', `${nginx.url}/danmux`, { 'x-forwarded-for': '9.9.9.9' })).status, 202);
  assert.equal((await push('127.0.0.4', api, { 'x-forwarded-for': '9.9.9.9' })).status, 202, 'past the proxy');
  await eventually(async () => assert.deepEqual((await rowsOf()).map(({ address }) => address).slice(0, 3), ['127.0.0.4', '127.0.0.3', '127.0.0.2']));
});

test('wrong keys of one address do not refuse another behind the same proxy', async () => {
  const wrong = async (address: string) => (await from(address, `${nginx.url}/danmux/v1/stats`, { headers: bearer('wrong'.repeat(8)) })).status;
  const statuses: number[] = [];
  for (let times = 0; times < 31; times++) statuses.push(await wrong('127.0.0.5'));
  assert.deepEqual([...new Set(statuses)], [401, 429]);
  assert.equal(await wrong('127.0.0.6'), 401);
});

test('the gateway limits each address by itself and hands out the public URL', async () => {
  const ask = (address: string) => from(address, `${nginx.url}/danmux/v1/gateway`);
  let asked = 0;
  while ((await ask('127.0.0.7')).status === 200) assert.ok(++asked < 200, 'the limit is reached');
  const { status, body: reply } = await ask('127.0.0.8');
  assert.equal(status, 200);
  assert.deepEqual(
    reply.edges.map(({ url }: { url: string }) => url),
    [`${nginx.url}/edge-3`],
  );
});

test('the demo and the list of nodes name the public URL, and a stock client connects there', async () => {
  const demo = await from('127.0.0.2', `${nginx.url}/danmux/demo/config.json`);
  assert.deepEqual(demo.body, { edges: [`${nginx.url}/edge-3`] });
  const { body: list } = await from('127.0.0.2', `${nginx.url}/danmux/v1/nodes`, { headers: bearer(key) });
  assert.deepEqual(
    list.nodes.flatMap(({ role, url }: { role: string; url?: string }) => (url === undefined ? [] : [[role, url]])),
    [['edge', `${nginx.url}/edge-3`]],
  );
  for (const transport of ['websocket', 'polling']) {
    const socket = io(nginx.url, { path: '/edge-3/socket.io/', transports: [transport], forceNew: true, reconnection: false });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject));
    assert.equal((await socket.timeout(5_000).emitWithAck('join', { room: 'live:1' })).ok, true, transport);
    socket.disconnect();
  }
});

test('an edge logs the address of a refused viewer and not that of the proxy', async () => {
  const raw = new WebSocket(`${nginx.url.replace('http', 'ws')}/edge-3/socket.io/?EIO=4&transport=websocket`, { localAddress: '127.0.0.9' });
  await once(raw, 'open');
  raw.send('40{"token":"wrong"}');
  await eventually(() => {
    const refused = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'viewer refused');
    assert.deepEqual(
      refused.map(({ code, address }) => [code, address]),
      [['token_invalid', '127.0.0.9']],
    );
  });
  raw.terminate();
});

test('a signature over the path as the client sends it is valid behind the proxy, one over another path is not', async () => {
  const send = (url: string, target: string) =>
    from('127.0.0.2', url, { method: 'POST', headers: signedHeaders({ key: 'signer', secret, method: 'POST', target, body }), sent: body });
  assert.equal((await send(`${nginx.url}/danmux${messages}`, `/danmux${messages}`)).status, 202, 'behind the proxy');
  assert.equal((await send(api + messages, messages)).status, 202, 'past the proxy');
  for (const other of [`/other${messages}`, `/danmux/danmux${messages}`, '/danmux/v1/rooms/live:2/messages', `/danmux${messages}?a=1`])
    assert.equal((await send(`${nginx.url}/danmux${messages}`, other)).body.code, 'signature_invalid', other);
});

test('the index, redirects and the documentation stay below the path of the proxy', async () => {
  const index = await from('127.0.0.2', `${nginx.url}/danmux/`);
  assert.equal(index.body.console, '/danmux/console/');
  for (const name of ['console', 'overlay', 'demo']) {
    const { url, status } = await fetch(`${nginx.url}/danmux/${name}`);
    assert.equal(url, `${nginx.url}/danmux/${name}/`);
    assert.ok(status === 200 || status === 404, `${name} is ${status}`);
  }
  for (const path of ['docs', 'docs/']) assert.doesNotMatch(await (await fetch(`${nginx.url}/danmux/${path}`)).text(), /"\/docs\//, path);
});

test('the SDK connects below a path of the proxy, by its address, by the option `path`, and by the gateway', async () => {
  const ways = [{ url: `${nginx.url}/edge-3` }, { url: nginx.url, path: '/edge-3/socket.io' }, { gateway: `${nginx.url}/danmux/v1/gateway` }];
  for (const way of ways)
    for (const transport of ['websocket', 'polling'] as const) {
      const client = createClient({ ...way, transports: [transport] });
      const error = new Promise<never>((_resolve, reject) => client.on('error', reject));
      const room = client.join('live:1');
      await Promise.race([new Promise((resolve) => room.on('joined', resolve)), error]);
      client.close();
    }
});

test('the OBS page finds its edge through the gateway below the path, and the console calls the api below it', async () => {
  const browser = await startBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(`${nginx.url}/danmux/overlay/?room=live:obs`);
    await page.locator('[data-state=online]').waitFor();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${nginx.url}/danmux/console/`);
    await page.getByTestId('api-key').fill(key);
    await page.getByTestId('log-in').click();
    await eventually(() => assert.ok(asked.includes('/danmux/v1/nodes'), asked.join()));
    await page.locator('[data-testid=node][data-role=edge]', { hasText: `${nginx.url}/edge-3` }).waitFor();
    assert.deepEqual(
      asked.filter((path) => !path.startsWith('/danmux/')),
      [],
    );
  } finally {
    await browser.close();
  }
});
