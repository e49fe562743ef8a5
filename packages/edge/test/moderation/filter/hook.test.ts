import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { ConfigError } from '@danmux/runtime';
import { Webhook } from 'standardwebhooks';
import { Hook } from '../../../src/moderation/filter/hook.ts';
import { HookServer, hookRuntime, hookSecret, messageOf, saying } from './hook-server.ts';

let server: HookServer;
let hook: Hook;

beforeEach(async () => {
  server = await HookServer.start();
});
afterEach(async () => {
  await hook.stop();
  await server.stop();
});

function start(set: Readonly<Record<string, unknown>> = {}, now?: () => number) {
  const runtime = hookRuntime(server.url, set, now);
  hook = new Hook(runtime);
  return runtime;
}

const blocking = { 'moderation.hook.on_failure': { chat: 'block' } };
const unavailable = { code: 'unavailable', retryAfterMs: 1_000 };

async function failuresOf(runtime: ReturnType<typeof start>): Promise<Record<string, number>> {
  const { values } = await runtime.metrics.hookFailures.get();
  return Object.fromEntries(values.map(({ labels, value }) => [labels['reason'] ?? '', value]));
}

test('the question is signed as a Standard Webhook, under the id of the message', async () => {
  start();
  await hook.judge(messageOf({ text: '你好' }));
  const [question] = server.questions;
  assert.ok(question, 'it was asked');
  const verified = new Webhook(hookSecret).verify(question.body, question.headers as Record<string, string>) as { ts: number };
  assert.deepEqual({ ...verified, ts: 0 }, { id: 'm1', room: 'live:1', type: 'chat', data: { text: '你好' }, from: { id: 'ann', name: 'Ann' }, ts: 0 });
  assert.equal(question.headers['webhook-id'], 'm1');
  assert.ok(Math.abs(verified.ts - Date.now()) < 60_000, 'ts is in milliseconds');
});

describe('what may be answered', () => {
  const data = { text: 'hi' };

  test('pass, with the data as it was or another', async () => {
    start();
    assert.deepEqual(await hook.judge(messageOf(data)), { action: 'pass', data });
    server.answer = saying({ action: 'pass', data: { text: 'ho' }, more: 'is let be' });
    assert.deepEqual(await hook.judge(messageOf(data)), { action: 'pass', data: { text: 'ho' } });
  });

  test('block, with a text for the sender', async () => {
    start();
    server.answer = saying({ action: 'block', message: 'Not here.' });
    await assert.rejects(hook.judge(messageOf(data)), { code: 'content_blocked', message: 'Not here.' });
    server.answer = saying({ action: 'block' });
    await assert.rejects(hook.judge(messageOf(data)), { code: 'content_blocked', message: /not allowed/ });
  });

  test('mask, with other data', async () => {
    start();
    server.answer = saying({ action: 'mask', data: { text: '**' } });
    assert.deepEqual(await hook.judge(messageOf(data)), { action: 'pass', data: { text: '**' } });
  });

  test('hold and shadow', async () => {
    start();
    server.answer = saying({ action: 'hold', message: 'advertising?' });
    assert.deepEqual(await hook.judge(messageOf(data)), { action: 'hold', data, reason: 'hook: advertising?' });
    server.answer = saying({ action: 'hold' });
    assert.deepEqual(await hook.judge(messageOf(data)), { action: 'hold', data, reason: 'hook' });
    server.answer = saying({ action: 'shadow', data: null });
    assert.deepEqual(await hook.judge(messageOf(data)), { action: 'shadow', data: null });
  });
});

describe('invalid answers', () => {
  const failing = [
    ['another status', 'status', saying({ action: 'pass' }, 500)],
    ['a redirect', 'status', (response) => void response.writeHead(302, { location: server.url }).end()],
    ['no JSON', 'malformed', saying('pass')],
    ['an unknown action', 'malformed', saying({ action: 'allow' })],
    ['mask without data', 'malformed', saying({ action: 'mask' })],
    ['a text that is none', 'malformed', saying({ action: 'block', message: 7 })],
    ['data larger than a viewer may send', 'malformed', saying({ action: 'mask', data: 'x'.repeat(6_000) })],
    ['more than 64 KiB', 'no_answer', saying({ action: 'pass', padding: 'x'.repeat(70_000) })],
    ['an answer that breaks off', 'no_answer', (response) => response.writeHead(200, { 'content-length': 100 }).write('{') && response.destroy()],
    ['a connection that ends', 'no_answer', (response) => response.destroy()],
  ] as const satisfies readonly (readonly [string, string, HookServer['answer']])[];

  for (const [what, reason, answer] of failing)
    test(what, async () => {
      const runtime = start(blocking);
      server.answer = answer;
      await assert.rejects(hook.judge(messageOf('hi')), unavailable);
      assert.deepEqual(await hook.judge(messageOf('hi', { type: 'like' })), { action: 'pass', data: 'hi' });
      assert.deepEqual(await failuresOf(runtime), { [reason]: 2 });
      assert.equal(server.questions.length, 2, 'no redirect is followed and no question asked twice');
    });

  test('one that is not whole by the deadline', async () => {
    const runtime = start({ ...blocking, 'moderation.hook.timeout_ms': 50 });
    server.answer = (response) => void response.writeHead(200).write('{"action"');
    await assert.rejects(hook.judge(messageOf('hi')), unavailable);
    server.answer = () => {};
    await assert.rejects(hook.judge(messageOf('hi')), unavailable);
    assert.deepEqual(await failuresOf(runtime), { no_answer: 2 });
  });
});

test('connections are kept, and one that the backend ended is not a failure', async () => {
  const runtime = start(blocking);
  for (let count = 0; count < 3; count++) await hook.judge(messageOf('hi'));
  assert.equal(server.connections, 1);
  server.hangUp();
  await hook.judge(messageOf('hi'));
  assert.deepEqual(await failuresOf(runtime), {});
});

test('more than `concurrency` are decided without the hook, and do not open the circuit', async () => {
  const runtime = start({ ...blocking, 'moderation.hook.concurrency': 2 });
  const waiting: (() => void)[] = [];
  server.answer = (response) => void waiting.push(() => saying({ action: 'pass' })(response, { headers: {}, body: '' }));
  const asked = ['a', 'b'].map((user) => hook.judge(messageOf('hi', { user })));
  const refused = Array.from({ length: 8 }, (_, user) => hook.judge(messageOf('hi', { user: String(user) })));
  for (const one of refused) await assert.rejects(one, unavailable);
  while (waiting.length < 2) await new Promise((resolve) => setImmediate(resolve));
  for (const answer of waiting) answer();
  for (const one of asked) assert.equal((await one).action, 'pass');
  assert.deepEqual(await failuresOf(runtime), { busy: 8 });
  server.answer = saying({ action: 'pass' });
  assert.equal((await hook.judge(messageOf('hi'))).action, 'pass');
});

test('after five failures it is asked once a second, until it answers', async () => {
  let now = 1_800_000_000_000;
  const runtime = start(blocking, () => now);
  server.answer = saying('', 503);
  for (let count = 0; count < 7; count++) await assert.rejects(hook.judge(messageOf('hi')), unavailable);
  assert.equal(server.questions.length, 5);
  now += 1_000;
  for (let count = 0; count < 3; count++) await assert.rejects(hook.judge(messageOf('hi')), unavailable);
  assert.equal(server.questions.length, 6, 'the probe');
  assert.deepEqual(await failuresOf(runtime), { status: 6, circuit_open: 4 });
  server.answer = saying({ action: 'pass' });
  now += 1_000;
  for (let count = 0; count < 3; count++) await hook.judge(messageOf('hi'));
  assert.equal(server.questions.length, 9);
});

test("a viewer's messages keep their order, and those of others do not wait", async () => {
  start();
  const held: (() => void)[] = [];
  server.answer = (response, { body }) => {
    const answer = () => saying({ action: 'pass' })(response, { headers: {}, body });
    if (body.includes('"first"')) held.push(answer);
    else answer();
  };
  const order: unknown[] = [];
  const judge = (data: string, user: string) => hook.judge(messageOf(data, { user })).then((verdict) => order.push(verdict.data));
  const [first, second, other] = [judge('first', 'ann'), judge('second', 'ann'), judge('other', 'bob')];
  await other;
  while (server.questions.length < 3) await new Promise((resolve) => setImmediate(resolve));
  for (const answer of held) answer();
  await Promise.all([first, second]);
  assert.deepEqual(order, ['other', 'first', 'second']);
});

test('a wrong setting stops the start, and names itself', () => {
  start();
  assert.throws(() => new Hook(hookRuntime('ftp://127.0.0.1/')), { name: ConfigError.name, message: /moderation\.hook\.url/ });
  assert.throws(() => new Hook(hookRuntime('nowhere')), { message: /moderation\.hook\.url/ });
  assert.throws(() => new Hook(hookRuntime(server.url, { 'moderation.hook.secret': '' })), { message: /moderation\.hook\.secret/ });
});
