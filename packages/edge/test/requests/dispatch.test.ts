// Tests of Dispatch: every viewer event is answered, also an invalid one and one whose handler fails.
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { TokenBucket } from '@danmux/runtime';
import { testRuntime } from '@danmux/testkit/unit';
import { Dispatch } from '../../src/requests/dispatch.ts';
import type { Handlers } from '../../src/requests/handlers.ts';
import type { Session } from '../../src/session/session.ts';

interface Reply {
  ok: boolean;
  error?: { code: string; message: string; retry_after_ms?: number };
  [field: string]: unknown;
}

let lines: { level: string; msg: string }[];
let calls: [string, unknown][];
let buckets: Map<string, TokenBucket>;
let most: number;
let fails: unknown;
let notices: { code: string }[];
let session: Session;
beforeEach(() => {
  lines = [];
  calls = [];
  buckets = new Map();
  most = 100;
  notices = [];
  fails = undefined;
  session = {
    id: 's1',
    spendRequest: (kind: string, now: number) => {
      const bucket = buckets.get(kind) ?? new TokenBucket(60, most, 0);
      buckets.set(kind, bucket);
      return bucket.take(now);
    },
    behind: false,
    emit: (event: string, payload: { code: string }) => void (event === 'notice' && notices.push(payload)),
  } as unknown as Session;
});

const order: string[] = [];
const handler = (name: string) => async (_session: Session, payload: unknown) => {
  calls.push([name, payload]);
  if (fails) throw fails;
  return name === 'join' ? { reply: { room: 'r' }, after: () => order.push('after') } : { reply: { did: name } };
};
const handlers = Object.fromEntries(['join', 'leave', 'send', 'members', 'history', 'auth'].map((name) => [name, handler(name)])) as unknown as Handlers;

function dispatch(set: Readonly<Record<string, unknown>> = {}): Dispatch {
  const logger = { write: (line: string) => void lines.push(JSON.parse(line) as { level: string; msg: string }) };
  return new Dispatch(testRuntime({ after }, { 'log.level': 'debug', ...set }, { clock: { now: () => 0 }, logger }), handlers);
}

async function ask(event: unknown, ...args: unknown[]): Promise<Reply> {
  let reply: Reply | undefined;
  await dispatch().run(session, event as string, [...args, (answer: Reply) => (reply = answer)]);
  assert.ok(reply, 'it was answered');
  return reply;
}
const refusal = async (event: unknown, ...args: unknown[]) => {
  const { error } = await ask(event, ...args);
  assert.ok(error, 'it was refused');
  return error;
};

test('an event goes to its handler, and the answer says ok with its fields', async () => {
  assert.deepEqual(await ask('leave', { room: 'r' }), { ok: true, did: 'leave' });
  assert.deepEqual(await ask('send', { room: 'r', type: 'chat', data: null, cid: 'c' }), { ok: true, did: 'send' });
  assert.deepEqual(await ask('members', { room: 'r' }), { ok: true, did: 'members' });
  assert.deepEqual(await ask('history', { room: 'r' }), { ok: true, did: 'history' });
  assert.deepEqual(calls, [
    ['leave', { room: 'r' }],
    ['send', { room: 'r', type: 'chat', data: null, cid: 'c' }],
    ['members', { room: 'r' }],
    ['history', { room: 'r' }],
  ]);
});

test('what follows a join follows its answer', async () => {
  order.length = 0;
  await dispatch().run(session, 'join', [{ room: 'r' }, () => order.push('ack')]);
  assert.deepEqual(order, ['ack', 'after']);
  order.length = 0;
  await dispatch().run(session, 'join', [{ room: 'r' }]);
  assert.deepEqual(order, ['after'], 'without an ack too');
});

test('a wrong payload is refused with the field and what is wrong with it, and no handler sees it', async () => {
  const cases: [string, unknown[], RegExp][] = [
    ['join', [], /^join: payload must be object/],
    ['join', [null], /^join: payload must be object/],
    ['join', [{}], /^join: payload must have required properties room/],
    ['join', [{ room: 5 }], /^join: room must be string/],
    ['join', [{ room: 'r', seats: 2 }], /^join: seats is not a known field/],
    ['join', [{ room: 'r', positions: { gift: { epoch: 'e', offset: 1, lane: 1 } } }], /^join: positions\.gift\.lane is not a known field/],
    ['join', [{ room: 'r', positions: { gift: { epoch: 'e', offset: 1.5 } } }], /^join: positions\.gift\.offset must be integer/],
    ['history', [{ room: 'r', lane: 'ambient' }], /^history: lane must be one of control, gift, chat/],
    ['members', [{ room: 'r', limit: 101 }], /^members: limit must be <= 100/],
    ['history', [{ room: 'r', before: 0 }], /^history: before must be >= 1/],
    ['history', [{ room: 'r', before: 1e300 }], /^history: before must be <= 9007199254740991/],
    ['send', [{ room: 'r', type: 'chat', data: 1, cid: '' }], /^send: cid /],
    ['send', [{ room: 'r', type: 'chat', data: 1, cid: 'two words' }], /^send: cid /],
  ];
  for (const [event, args, message] of cases) {
    const error = await refusal(event, ...args);
    assert.equal(error.code, 'invalid_request');
    assert.match(error.message, message);
  }
  assert.deepEqual(calls, []);
});

test('an unknown event is named, cut short, whatever a client calls it', async () => {
  for (const event of ['dance', '__proto__', 'constructor', 'x'.repeat(1_000), 5, '']) {
    const error = await refusal(event, {});
    assert.equal(error.code, 'unknown_event', String(event));
    assert.ok(error.message.includes(String(event).slice(0, 64)) && error.message.length < 200, error.message);
  }
  assert.deepEqual(lines, [], 'it is the viewer’s mistake, not ours');
});

test('a refusal of the table is answered as it is, and is no error of ours', async () => {
  fails = new DanmuxError('unavailable', { retryAfterMs: 250 });
  const { retry_after_ms: wait = 0, ...refused } = await refusal('leave', { room: 'r' });
  assert.deepEqual(refused, { code: 'unavailable', message: (fails as Error).message });
  assert.ok(wait >= 250 && wait <= 500, `${wait}`);
  assert.deepEqual(lines, []);
});

test('any other error is `internal`: logged with its cause, which the viewer does not get', async () => {
  for (fails of [new TypeError('secret detail'), 'text']) {
    const error = await refusal('leave', { room: 'r' });
    assert.equal(error.code, 'internal');
    assert.doesNotMatch(error.message, /secret/);
  }
  assert.deepEqual(
    lines.map(({ level, msg }) => [level, msg]),
    [
      ['error', 'viewer event failed'],
      ['error', 'viewer event failed'],
    ],
  );
});

test('a refusal without an ack is a notice', async () => {
  await dispatch().run(session, 'dance', [{}]);
  assert.deepEqual(
    notices.map(({ code }) => code),
    ['unknown_event'],
  );
});

test('too many calls are refused with the time to wait, but not with shedding off', async () => {
  most = 1;
  assert.equal((await ask('leave', { room: 'r' })).ok, true);
  const error = await refusal('leave', { room: 'r' });
  assert.deepEqual([error.code, error.retry_after_ms], ['rate_limited', 1_000]);
  let reply: Reply | undefined;
  await dispatch({ shedding: 'off' }).run(session, 'leave', [{ room: 'r' }, (answer: Reply) => (reply = answer)]);
  assert.equal(reply?.ok, true);
});

test('a type with its own limit and other requests do not use each other’s limits; unknown names share one', async () => {
  most = 1;
  const send = (type: unknown) => ask('send', { room: 'r', type, data: null, cid: 'c' });
  assert.equal((await send('like')).ok, true);
  assert.equal((await send('like')).error?.code, 'rate_limited');
  assert.equal((await send('chat')).ok, true);
  for (const type of ['chat', 'gift', 'enter', 'notice', 'of-nobody', '__proto__', 5, undefined]) assert.equal((await send(type)).error?.code, 'rate_limited');
  assert.equal((await ask('leave', { room: 'r' })).error?.code, 'rate_limited');
  assert.deepEqual([...buckets.keys()].sort(), ['', 'like']);
});

test('who does not read its answers is given no more of them', async () => {
  Object.assign(session, { behind: true });
  const error = await refusal('history', { room: 'r' });
  assert.equal(error.code, 'rate_limited');
  assert.ok((error.retry_after_ms ?? 0) > 0, 'it says when');
  assert.deepEqual(calls, []);
});
