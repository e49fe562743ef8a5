// Fuzzes the api with random requests: none causes a 500, the store holds exactly the messages answered with 202, and without a key no
// route under /v1/ succeeds. A failed test prints the seed that repeats it.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { errors } from '@danmux/protocol';
import { type Answer, type ApiFixture, apiKey, gift, mustRefuse, path, startApi } from '@danmux/testkit/api-fixture';
import { ownerOf } from '@danmux/testkit/unit';
import fc from 'fast-check';
import { rawRequest } from './raw-request.ts';

const owner = ownerOf(afterEach);
let fixture: ApiFixture;
beforeEach(async () => {
  // Otherwise many failed authentications would get 429 instead of 401.
  fixture = await startApi(owner, { shedding: 'off' });
});

/** Valid values `weight` times as often as others, so that whole requests are valid often enough. */
function mostly<T, U>(right: readonly T[], rest: fc.Arbitrary<U>, weight = 9): fc.Arbitrary<T | U> {
  return fc.oneof({ weight, arbitrary: fc.constantFrom(...right) }, { weight: 1, arbitrary: rest });
}

const goodRooms = ['live:1', 'a', '0', 'x@y.z', 'x'.repeat(128)];
const rooms = mostly(goodRooms, fc.constantFrom('-a', 'a b', '直播', '__proto__', 'constructor', 'a/b', '*', 'x'.repeat(129)));
const types = mostly(['gift', 'superchat', 'chat', 'notice', 'like', 'enter'], fc.oneof(fc.constantFrom('zzz', '__proto__', 'toString', ''), fc.jsonValue()));
const ids = mostly(['1', '2', 'order-1', '__proto__', 'x'.repeat(64)], fc.oneof(fc.constantFrom('', 'a b', 'x'.repeat(65)), fc.jsonValue()));
const froms = mostly([{ id: 'u1' }, { id: 'u2', name: '小明', level: 3, badge: [] }], fc.jsonValue());
const message = fc.record({ type: types, data: fc.jsonValue(), from: froms, id: ids }, { requiredKeys: ['type', 'data'] });
const roomMessage = fc.tuple(rooms, message).map(([room, rest]) => ({ room, ...rest }));
const tokenBody = fc.record(
  { sub: fc.oneof(fc.string(), fc.jsonValue()), rooms: fc.jsonValue(), ttl_s: fc.oneof(fc.integer(), fc.double()) },
  { requiredKeys: [] },
);
const odd = fc.oneof(
  fc.jsonValue(),
  fc.dictionary(fc.constantFrom('type', 'data', 'from', 'id', 'room', 'messages', 'sub', '__proto__', 'toString'), fc.jsonValue()),
);

/** Messages answered with 202, as `room id`. */
type Answered = Set<string>;

async function mustHold(answered: Answered): Promise<void> {
  const stored = new Set((await fixture.sequence()).map(({ room, id }) => `${room} ${id}`));
  assert.deepEqual([...stored].sort(), [...answered].sort());
}

/** The answer must be a success or a problem. */
function mustBeFine(answer: Answer): void {
  if (answer.status < 300) return;
  assert.ok(answer.status < 500, JSON.stringify(answer.body));
  assert.ok(Object.hasOwn(errors, answer.body.code), answer.body.code);
  mustRefuse(answer, answer.body.code);
}

test('random JSON to random rooms: exactly the messages answered with 202 are stored', async () => {
  const answered: Answered = new Set();
  await fc.assert(
    fc.asyncProperty(rooms, fc.oneof({ weight: 3, arbitrary: message }, { weight: 1, arbitrary: odd }), async (room, body) => {
      const answer = await fixture.call('POST', `/v1/rooms/${encodeURIComponent(room)}/messages`, JSON.stringify(body));
      mustBeFine(answer);
      if (answer.status === 202) answered.add(`${answer.body.room} ${answer.body.id}`);
    }),
    { numRuns: 300 },
  );
  assert.ok(answered.size > 20, `only ${answered.size} of what was tried was right`);
  await mustHold(answered);
});

test('random batches: each message is stored or refused independently', async () => {
  const answered: Answered = new Set();
  const batch = fc.record({ messages: fc.oneof({ weight: 5, arbitrary: fc.array(roomMessage, { maxLength: 8 }) }, { weight: 1, arbitrary: fc.jsonValue() }) });
  await fc.assert(
    fc.asyncProperty(fc.oneof({ weight: 5, arbitrary: batch }, { weight: 1, arbitrary: odd }), async (body) => {
      const answer = await fixture.call('POST', '/v1/messages/batch', JSON.stringify(body));
      mustBeFine(answer);
      if (answer.status !== 200) return;
      assert.equal(answer.body.results.length, (body as { messages: unknown[] }).messages.length);
      for (const { status, room, id } of answer.body.results) if (status === 202) answered.add(`${room} ${id}`);
    }),
    { numRuns: 300 },
  );
  assert.ok(answered.size > 20, `only ${answered.size} of what was tried was right`);
  await mustHold(answered);
});

test('random bodies for tokens never fail the api', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(tokenBody, odd), async (body) => mustBeFine(await fixture.call('POST', '/v1/tokens', JSON.stringify(body)))),
    { numRuns: 200 },
  );
});

test('random history queries never fail the api', async () => {
  const value = fc.oneof(fc.string(), fc.integer().map(String), fc.constantFrom('chat', 'gift', 'ambient', '9'.repeat(16), '1e3', '-0', '%00'));
  const query = fc.array(fc.tuple(fc.constantFrom('lane', 'before', 'limit', '__proto__', 'x'), value), { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(query, async (pairs) => {
      const text = pairs.map(([name, given]) => `${name}=${encodeURIComponent(given)}`).join('&');
      mustBeFine(await fixture.call('GET', `/v1/rooms/live:1/history?${text}`));
    }),
    { numRuns: 200 },
  );
});

/** What a socket may get as an answer; `null` when it got none. */
function statusOf(answer: string): number | null {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]) || null;
}

const chars = fc.constantFrom(...'abz019/.:@-_?#%&=;*+~!$()[]{}|^"<>\\', '%2F', '%2e%2e', '%00', '%zz', '%F0%9F%9A%80', '//', '/../');
const starts = [
  '/',
  '/v1',
  '/v1/stats',
  '/v1/nodes',
  '/v1/tokens',
  '/v1/messages/batch',
  '/v1/rooms/',
  path,
  '/docs/',
  '/sdk/',
  '/demo/',
  'http://x/v1/stats',
  '*',
];
const target = mostly(
  [path],
  fc.tuple(fc.constantFrom(...starts), fc.array(chars, { maxLength: 12 })).map(([start, rest]) => start + rest.join('')),
  1,
);
const methods = mostly(['POST'], fc.constantFrom('GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'), 1);
const bytes = fc.oneof(fc.constant(Buffer.from(JSON.stringify(gift))), fc.uint8Array({ maxLength: 64 }).map(Buffer.from), fc.json().map(Buffer.from));
const contentTypes = mostly(['application/json'], fc.constantFrom('application/json; charset=gbk', 'text/plain', 'multipart/form-data', 'a', ''), 3);
const text = (maxLength: number, highest: number) =>
  fc.array(fc.integer({ min: 0x21, max: highest }), { minLength: 1, maxLength }).map((codes) => String.fromCharCode(...codes));

test('random methods, paths, headers and bytes never fail the api', async () => {
  let successes = 0;
  const request = fc.record({
    method: methods,
    target,
    body: bytes,
    type: contentTypes,
    idempotency: fc.oneof({ weight: 4, arbitrary: text(64, 0x7e) }, { weight: 1, arbitrary: text(66, 0xff) }),
    trace: text(60, 0xff),
    known: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ method, target: where, body, type, idempotency, trace, known }) => {
      const before = await fixture.accepted();
      const head = [
        `${method} ${where} HTTP/1.1`,
        'Host: x',
        `${known ? 'X-API-Key' : 'X-Other'}: ${apiKey}`,
        `Content-Type: ${type}`,
        `Content-Length: ${body.length}`,
        `Idempotency-Key: ${idempotency}`,
        `Traceparent: ${trace}`,
        'Connection: close',
      ].join('\r\n');
      const answer = await rawRequest(fixture.url, Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), body]));
      const status = statusOf(answer);
      assert.ok(status !== null && status < 500, `${where}: ${answer.slice(0, 1_000)}`);
      if (!known && /^(http:\/\/x)?\/v1/.test(where)) assert.ok(status >= 400, `${where} without a key: ${status}`);
      if (status >= 400 && method !== 'HEAD' && !/^\/(sdk|demo)/.test(where)) assert.match(answer, /content-type: application\/problem\+json\r\n/i);
      if (status === 202) successes++;
      else assert.equal(await fixture.accepted(), before);
    }),
    { numRuns: 400 },
  );
  assert.ok(successes > 0, 'some of it was right');
  assert.ok((await fixture.accepted()) <= successes);
});

test('random credentials are refused', async () => {
  const near = fc.constantFrom(
    apiKey.slice(1),
    `${apiKey}k`,
    apiKey.toUpperCase(),
    `${apiKey},${apiKey}`,
    `Bearer ${apiKey}k`,
    `Bearer  ${apiKey}`,
    `Basic ${apiKey}`,
    `Bearer ${apiKey} x`,
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('authorization', 'x-api-key'), fc.oneof(near, text(80, 0x7e)), async (name, value) => {
      mustRefuse(await fixture.call('GET', '/v1/stats', undefined, { key: null, headers: { [name]: value } }), 'unauthorized');
    }),
    { numRuns: 150 },
  );
});
