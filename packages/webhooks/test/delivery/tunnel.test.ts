// Webhooks through a real CONNECT proxy: the checked address goes to the proxy, and what the guard refuses never reaches it.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { AddressGuard, createRuntime, loadConfig } from '@danmux/runtime';
import { ConnectProxy } from '@danmux/testkit/connect-proxy';
import { secret, selfSigned, WebhookConsumer } from '@danmux/testkit/webhook-consumer';
import { Tunnel } from '../../src/delivery/tunnel.ts';
import { type Outcome, WebhookClient } from '../../src/delivery/webhook-client.ts';

const local = { 'webhooks.allow_http': true, 'webhooks.allow_addresses': ['127.0.0.0/8', '::1/128'], 'webhooks.timeout_ms': 1_000 };
const delivery = { id: 'e1', text: JSON.stringify({ id: 'e1', type: 'room.vacated', room: 'live:1', ts: 1, data: {} }) };

let consumer: WebhookConsumer;
let proxy: ConnectProxy;
let clients: WebhookClient[];
beforeEach(async () => {
  clients = [];
  consumer = new WebhookConsumer();
  proxy = new ConnectProxy();
  await Promise.all([consumer.start(), proxy.start()]);
});
afterEach(async () => {
  for (const client of clients) client.close();
  await Promise.all([consumer.stop(), proxy.stop()]);
});

function clientWith(set: Readonly<Record<string, unknown>>, env: Readonly<Record<string, string>> = {}): WebhookClient {
  const secrets = { 'viewer.token_secret': 's'.repeat(32), 'api.key': 'k'.repeat(32), 'log.level': 'silent' };
  const { config } = loadConfig({ environment: 'test', dir: 'none', env, set: { ...secrets, ...local, ...set } });
  const client = new WebhookClient(createRuntime({ config, role: 'test', version: '1.2.3', processMetrics: false }));
  clients.push(client);
  return client;
}
const post = (client: WebhookClient, url = consumer.url): Promise<Outcome> => client.post({ id: 't', url, secrets: [secret] }, delivery);
const errorOf = (outcome: Outcome) => (outcome.kind === 'down' ? outcome.error : outcome.kind);
const port = () => new URL(consumer.url).port;

test('an event goes through the proxy of HTTPS_PROXY, with its user and password, and later ones use the same tunnel', async () => {
  const client = clientWith({}, { HTTPS_PROXY: proxy.url.replace('//', '//danmux:p%40ss@') });
  for (let round = 0; round < 3; round++) assert.deepEqual(await post(client), { kind: 'delivered' });
  assert.deepEqual(proxy.targets, [`127.0.0.1:${port()}`]);
  assert.deepEqual(proxy.authorizations, [`Basic ${Buffer.from('danmux:p@ss').toString('base64')}`]);
  assert.deepEqual([consumer.taken.length, consumer.forged], [3, []]);
});

test('a name is resolved and checked first, and the proxy gets the address', async () => {
  const url = `http://localhost:${port()}/hook`;
  assert.deepEqual(await post(clientWith({ 'webhooks.proxy': proxy.url }), url), { kind: 'delivered' });
  assert.match(proxy.targets.at(-1) ?? '', /^127\.0\.0\.1:/);
  assert.equal(consumer.taken[0]?.headers.host, `localhost:${port()}`, 'the target is asked for by its name');
  const before = proxy.targets.length;
  const guarded = clientWith({ 'webhooks.proxy': proxy.url, 'webhooks.allow_addresses': [] });
  assert.match(errorOf(await post(guarded, url)), /localhost \((127\.0\.0\.1|::1)\) is loopback/);
  for (const host of ['127.0.0.1', '[::ffff:127.0.0.1]', '2130706433', '169.254.169.254'])
    assert.match(errorOf(await post(guarded, `http://${host}:${port()}/`)), /webhooks\.allow_addresses/, host);
  assert.equal(proxy.targets.length, before, 'nothing that is refused reaches the proxy');
});

test('TLS ends at the target, whose certificate must name it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'danmux-tunnel-'));
  const tls = selfSigned(dir);
  const target = new WebhookConsumer(false, tls);
  await target.start();
  assert.match(errorOf(await post(clientWith({ 'webhooks.proxy': proxy.url }), target.url)), /self-signed/);
  const tunnel = new Tunnel({ proxy: proxy.url, guard: new AddressGuard(['127.0.0.0/8']), timeoutMs: 1_000 });
  const agent = tunnel.secureAgent({ ca: tls.cert });
  const status = await new Promise((resolve, reject) => {
    https
      .request(target.url, { agent, method: 'POST' }, ({ statusCode }) => resolve(statusCode))
      .on('error', reject)
      .end('{}');
  });
  assert.equal(status, 401, 'the target read the request inside the tunnel, and refused its missing signature');
  agent.destroy();
  await target.stop();
  rmSync(dir, { recursive: true, force: true });
});

test('a proxy that refuses, hangs or is not there is no connection, and the error names it', async () => {
  const client = clientWith({ 'webhooks.proxy': proxy.url, 'webhooks.timeout_ms': 200 });
  for (const status of [403, 407, 502]) {
    proxy.status = status;
    assert.equal(errorOf(await post(client)), `the proxy answered ${status} to CONNECT 127.0.0.1:${port()}`);
  }
  proxy.status = 0;
  assert.match(errorOf(await post(client)), /no answer within 200 ms|the proxy did not answer within 200 ms/);
  await proxy.stop();
  assert.match(errorOf(await post(client)), /the proxy cannot be used: .*ECONNREFUSED/);
  assert.equal(consumer.asked.length, 0);
  await proxy.start();
});

test('targets of NO_PROXY are reached directly', async () => {
  assert.deepEqual(await post(clientWith({}, { HTTPS_PROXY: proxy.url, NO_PROXY: '.internal, 127.0.0.0/8' })), { kind: 'delivered' });
  assert.deepEqual(proxy.targets, []);
});
