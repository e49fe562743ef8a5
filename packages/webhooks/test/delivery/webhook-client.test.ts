// One try: what a target may do with a request, and where a request never goes.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import type { Runtime } from '@danmux/runtime';
import { eventually, testRuntime } from '@danmux/testkit/unit';
import { secret, selfSigned, status, WebhookConsumer } from '@danmux/testkit/webhook-consumer';
import { Webhook } from 'standardwebhooks';
import { type Outcome, WebhookClient } from '../../src/delivery/webhook-client.ts';

const event = { id: 'e1', type: 'room.vacated', room: 'live:1', ts: 1, data: {} };
const delivery = { id: event.id, text: JSON.stringify(event) };
const local = { 'webhooks.allow_http': true, 'webhooks.allow_addresses': ['127.0.0.0/8', '::1/128'], 'webhooks.timeout_ms': 300 };

let consumer: WebhookConsumer;
let clients: WebhookClient[];
beforeEach(async () => {
  clients = [];
  consumer = new WebhookConsumer();
  await consumer.start();
});
afterEach(async () => {
  for (const client of clients) client.close();
  await consumer.stop();
});

function runtimeWith(set: Readonly<Record<string, unknown>>): Runtime {
  return testRuntime({ after }, set, { version: '1.2.3' });
}

function post(url = consumer.url, set: Readonly<Record<string, unknown>> = local): Promise<Outcome> {
  const client = new WebhookClient(runtimeWith(set));
  clients.push(client);
  return client.post({ id: 't', url, secrets: [secret] }, delivery);
}

test('an event arrives signed, under its id, and any 2xx takes it', async () => {
  assert.deepEqual(await post(), { kind: 'delivered' });
  consumer.answer = status(200);
  assert.deepEqual(await post(), { kind: 'delivered' });
  const [given] = consumer.taken;
  assert.deepEqual(given?.event, event);
  assert.equal(given?.headers['webhook-id'], 'e1');
  assert.equal(given?.headers['content-type'], 'application/json');
  assert.equal(given?.headers['user-agent'], 'danmux/1.2.3');
  assert.match(String(given?.headers['webhook-signature']), /^v1,/);
  assert.deepEqual(consumer.forged, []);
});

test('while the secret is changed the event is signed with both, and who knows either trusts it', async () => {
  const older = `whsec_${Buffer.from('the secret it had until now').toString('base64')}`;
  const client = new WebhookClient(runtimeWith(local));
  clients.push(client);
  for (const secrets of [
    [secret, older],
    [older, secret],
  ]) {
    assert.deepEqual(await client.post({ id: 't', url: consumer.url, secrets }, delivery), { kind: 'delivered' });
    const headers = consumer.taken.at(-1)?.headers as Record<string, string>;
    for (const known of secrets) assert.deepEqual(new Webhook(known).verify(delivery.text, headers), event);
    const first = `v1,${createHmac('sha256', Buffer.from(secrets[0]?.slice(6) ?? '', 'base64'))
      .update(`e1.${headers['webhook-timestamp']}.${delivery.text}`)
      .digest('base64')}`;
    assert.equal(headers['webhook-signature']?.split(' ')[0], first, 'the newest is first');
    assert.equal(headers['webhook-signature']?.split(' ').length, 2);
  }
  assert.deepEqual(consumer.forged, []);
});

test('one connection serves many events, and one that the target closed is made again', async () => {
  const client = new WebhookClient(runtimeWith(local));
  clients.push(client);
  const target = { id: 't', url: consumer.url, secrets: [secret] };
  for (let round = 0; round < 3; round++) assert.equal((await client.post(target, delivery)).kind, 'delivered');
  await consumer.stop();
  await consumer.start();
  assert.equal((await client.post(target, delivery)).kind, 'delivered');
});

describe('what a status means', () => {
  for (const code of [500, 502, 503, 408, 425, 429]) {
    test(`${code}: the target is down`, async () => {
      consumer.answer = status(code);
      assert.deepEqual(await post(), { kind: 'down', error: `it answered ${code}`, ...(code === 429 ? { hold: true } : {}) });
    });
  }
  for (const code of [401, 403, 404]) {
    test(`${code}: it may be the event, or a site that restarts`, async () => {
      consumer.answer = status(code);
      assert.deepEqual(await post(), { kind: 'missing', error: `it answered ${code}` });
    });
  }
  for (const code of [400, 422]) {
    test(`${code}: the event is refused`, async () => {
      consumer.answer = status(code);
      assert.deepEqual(await post(), { kind: 'refused', error: `it answered ${code}` });
    });
  }
  test('410 means that the target no longer exists', async () => {
    consumer.answer = status(410);
    assert.deepEqual(await post(), { kind: 'gone', error: 'it answered 410' });
  });
  test('Retry-After is returned, from seconds or a date, up to one hour', async () => {
    const atTarget = (ms: number) => new Date(Date.now() + ms).toUTCString();
    for (const [header, least, most, date] of [
      ['7', 7_000, 7_000],
      [atTarget(30_000), 25_000, 30_000],
      // Of a target whose clock is an hour ahead.
      [atTarget(3_630_000), 25_000, 31_000, atTarget(3_600_000)],
      ['999999', 3_600_000, 3_600_000],
      ['soon', 0, 0],
    ] as const) {
      consumer.answer = status(503, { 'retry-after': header, ...(date ? { date } : {}) });
      const outcome = await post();
      const asked = outcome.kind === 'down' ? (outcome.retryAfterMs ?? 0) : -1;
      assert.ok(asked >= least && asked <= most, `${header} is ${asked}`);
    }
  });
});

test('an id that cannot stand in a header refuses its event, and holds up nothing', async () => {
  const client = new WebhookClient(runtimeWith(local));
  clients.push(client);
  assert.equal((await client.post({ id: 't', url: consumer.url, secrets: [secret] }, { id: '火箭\n', text: '{}' })).kind, 'refused');
  assert.equal(consumer.asked.length, 0);
});

test('a certificate without a trusted issuer is a connection error', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'danmux-tls-'));
  const other = new WebhookConsumer(false, selfSigned(dir));
  await other.start();
  const outcome = await post(other.url, { ...local, 'webhooks.allow_http': false });
  assert.match(outcome.kind === 'down' ? outcome.error : outcome.kind, /self-signed/);
  assert.equal(other.asked.length, 0);
  await other.stop();
  rmSync(dir, { recursive: true, force: true });
});

test('a redirect is not followed', async () => {
  const other = new WebhookConsumer();
  await other.start();
  consumer.answer = status(307, { location: other.url });
  assert.deepEqual(await post(), { kind: 'down', error: 'it answered 307; redirects are not followed' });
  assert.equal(other.asked.length, 0);
  await other.stop();
});

test('a target that does not answer, or is not there, is down', async () => {
  consumer.answer = () => {};
  assert.deepEqual(await post(), { kind: 'down', error: 'no answer within 300 ms' });
  const { url } = consumer;
  await consumer.stop();
  const outcome = await post(url);
  assert.equal(outcome.kind, 'down');
  assert.match(outcome.kind === 'down' ? outcome.error : '', /ECONNREFUSED/);
});

test('of an answer that never ends little is read; its status counts', async () => {
  let closed = 0;
  consumer.answer = (response) => {
    response.on('close', () => closed++);
    response.writeHead(200);
    const chunk = Buffer.alloc(16_384);
    const write = () => {
      while (!response.destroyed && response.write(chunk));
      response.once('drain', write);
    };
    write();
  };
  assert.deepEqual(await post(), { kind: 'delivered' });
  consumer.answer = (response) => {
    response.on('close', () => closed++);
    response.writeHead(500);
    response.write('and then');
  };
  const began = performance.now();
  assert.equal((await post()).kind, 'down');
  assert.ok(performance.now() - began < 5_000, 'it is dropped');
  await eventually(() => assert.equal(closed, 2));
});

describe('answers that are not HTTP', () => {
  let server: Server;
  const sockets = new Set<Socket>();
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });

  async function serve(talk: (socket: Socket) => void): Promise<string> {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      talk(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
  }

  for (const [what, talk] of [
    ['garbage', (socket: Socket) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
    ['a connection that closes at once', (socket: Socket) => void socket.destroy()],
    ['headers without end', (socket: Socket) => void socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`)],
    ['a status line in drops', (socket: Socket) => void socket.write('HTTP/1.1 20')],
  ] as const) {
    test(`${what}: the target is down`, async () => {
      assert.equal((await post(await serve(talk))).kind, 'down');
    });
  }
});

describe('where a request never goes', () => {
  const guarded = { 'webhooks.allow_http': true };

  test('a private address in any form is refused before a connection', async () => {
    const port = new URL(consumer.url).port;
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0', '169.254.169.254', '10.0.0.1']) {
      const outcome = await post(`http://${host}:${port}/hook`, guarded);
      assert.match(outcome.kind === 'down' ? outcome.error : outcome.kind, /webhooks\.allow_addresses/, host);
    }
    assert.equal(consumer.asked.length, 0);
  });

  test('to a name that resolves to one', async () => {
    const url = `http://localhost:${new URL(consumer.url).port}/hook`;
    const outcome = await post(url, guarded);
    assert.match(outcome.kind === 'down' ? outcome.error : outcome.kind, /localhost \((127\.0\.0\.1|::1)\) is loopback/);
    assert.equal(consumer.asked.length, 0);
    assert.deepEqual(await post(url), { kind: 'delivered' }, 'and goes there when it is allowed');
  });

  test('without TLS, unless that is allowed', async () => {
    const outcome = await post(consumer.url, { 'webhooks.allow_addresses': ['127.0.0.0/8'] });
    assert.match(outcome.kind === 'down' ? outcome.error : outcome.kind, /not https/);
    assert.equal(consumer.asked.length, 0);
  });
});
