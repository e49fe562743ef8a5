// Fuzzes every route of the OpenAPI document with valid and slightly invalid requests made from its schemas, for objects that exist and
// objects that do not. Every request gets a documented answer in time and never a 500, and only accepted requests publish messages. A
// failed test prints the seed that repeats it.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { after, afterEach, before, describe, test } from 'node:test';
import { errors } from '@danmux/protocol';
import { type Answer, type ApiFixture, apiKey, mustRefuse, startApi } from '@danmux/testkit/api-fixture';
import { document, type Operation, operations, resolved } from '@danmux/testkit/documented-codes';
import { ownerOf } from '@danmux/testkit/unit';
import fc from 'fast-check';
import { batchBody, eventBody } from '../src/pusher/pusher-events.ts';
import { prepared, preparedText, rightRequest, rightSettings } from './right-requests.ts';
import { broken, fitting, type Schema } from './schema-arbitrary.ts';

const runs = 24;
const longestMs = 5_000;
const pusher = { key: 'app-key', secret: 'p'.repeat(32) };
const scopes = ['publish', 'read', 'moderate'] as const;
const keyOf = (scope: string) => `${scope}-${'x'.repeat(32)}`;
const words = {
  room: ['live:1', 'a', 'x@y.z'],
  rooms: ['live:1', 'live:*', '*'],
  user: ['u1', '小明', 'a/b c%'],
  type: ['gift', 'chat', 'notice', 'like', 'recall'],
  lane: ['chat', 'gift'],
  id: ['1', 'order-1'],
  from: [{ id: 'u1' }],
  delay_ms: [0, 3_600_000],
  expires_at: [4_000_000_000_000],
  state: ['failed'],
  limit: ['1', '50'],
  channel: ['live:1', 'private-a', '#server-to-user-u1'],
  channels: ['live:1', 'private-a', '#server-to-user-u1'],
  name: ['gift', 'order-paid'],
};

let fixture: ApiFixture;
/** Accepted requests by their trace id. */
const asked = new Map<string, Operation>();
const owner = ownerOf(after);
before(async () => {
  const keys = scopes.map((scope) => ({ id: scope, scopes: [scope], rooms: ['live:*'], hashes: [createHash('sha256').update(keyOf(scope)).digest('hex')] }));
  fixture = await startApi(owner, {
    ...rightSettings,
    'api.keys': keys,
    'pusher.app_id': '1',
    'pusher.key': pusher.key,
    'pusher.secret': pusher.secret,
    shedding: 'off',
  });
  await fixture.bus.members.announce({ id: 'edge@a', role: 'edge', address: '127.0.0.1:7700', version: '0', load: 0 }, 3_600_000);
});
afterEach(async () => {
  for (const { room, body, trace } of await fixture.sequence()) {
    if ((JSON.parse(body) as { data?: unknown }).data === preparedText) continue;
    const operation = asked.get(trace);
    assert.ok(operation, `no accepted request published ${body} in ${room}`);
    assert.ok(publishes(operation), `${operation.method} ${operation.path} sent ${body}`);
  }
  assert.deepEqual(
    fixture.lines.filter((line) => line.includes('request failed')),
    [],
  );
  assert.equal((await fixture.call('GET', '/v1/stats')).status, 200, 'the api still answers');
});

/** True for routes that can publish messages. */
function publishes({ method, path }: Operation): boolean {
  if (/messages|broadcasts|events|approve|retry|recall|replay$/.test(path)) return true;
  // Changed modes are announced; a ban may recall the messages of the user.
  return (method === 'PATCH' && path === '/v1/rooms/{room}') || (method === 'PUT' && /bans\/\{user\}$/.test(path));
}

async function inTime<T>(promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${longestMs} ms: ${what}`)), longestMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Replaces lone surrogates, which UTF-8 cannot encode. */
const wellFormed = (text: string) => Buffer.from(text).toString();

const parts = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('live:1', 'u1', 'default', 'shop', 'ads', 'billing', '1-0') },
  { weight: 2, arbitrary: fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }).map((text) => encodeURIComponent(wellFormed(text))) },
  { weight: 1, arbitrary: fc.constantFrom('%zz', '%00', '%2F', '*', '__proto__', 'x'.repeat(200), '%F0%9F%9A%80', '%ff') },
);

const nearly = (value: fc.Arbitrary<unknown>) => fc.oneof({ weight: 3, arbitrary: value }, { weight: 2, arbitrary: broken(value) });
const credentials = fc.oneof(
  { weight: 8, arbitrary: fc.constant(apiKey) },
  { weight: 2, arbitrary: fc.constantFrom(...scopes.map(keyOf)) },
  { weight: 1, arbitrary: fc.constantFrom(null, 'wrong') },
);
const headers = fc.record(
  {
    'idempotency-key': fc.oneof({ weight: 2, arbitrary: fc.constantFrom('k1', 'k2') }, { weight: 1, arbitrary: fc.stringMatching(/^[\x21-\x7e]{1,70}$/) }),
    'content-type': fc.oneof(
      { weight: 9, arbitrary: fc.constant('application/json') },
      { weight: 1, arbitrary: fc.constantFrom('text/plain', 'application/json; charset=utf-16', 'a') },
    ),
  },
  { requiredKeys: ['content-type'] },
);

interface Given {
  readonly params: readonly string[];
  readonly isThere: boolean;
  readonly query: unknown;
  readonly body: unknown;
  readonly headers: { 'idempotency-key'?: string; 'content-type': string };
  readonly key: string | null;
}

function requests(operation: Operation): fc.Arbitrary<Given> {
  const { parameters = [], requestBody } = operation;
  const schemas = parameters as readonly { readonly in: string; readonly name: string; readonly schema: Schema }[];
  const queryFields = Object.fromEntries(
    schemas.filter((each) => each.in === 'query').map(({ name, schema }) => [name, fitting(resolved(schema), words, name)]),
  );
  const bodySchema = (requestBody?.content['application/json'] as { schema?: Schema } | undefined)?.schema;
  return fc.record({
    params: fc.array(parts, { minLength: 2, maxLength: 2 }),
    isThere: fc.boolean(),
    query: nearly(fc.record(queryFields, { requiredKeys: Object.keys(queryFields).filter((name) => name === 'state') })),
    body: bodySchema
      ? nearly(fitting(resolved(bodySchema), words))
      : fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.jsonValue() }),
    headers,
    key: credentials,
  });
}

function queryOf(query: unknown): string {
  if (typeof query !== 'object' || query === null) return '';
  const text = Object.entries(query).map(
    ([name, value]) =>
      `${encodeURIComponent(wellFormed(name))}=${encodeURIComponent(wellFormed(typeof value === 'object' ? JSON.stringify(value) : String(value)))}`,
  );
  return text.length > 0 ? `?${text.join('&').slice(0, 2_000)}` : '';
}

/** The answer must be a success or a problem; `call` checks that the route documents its code. */
function mustBeFine(operation: Operation, { status, headers: got, body }: Answer): void {
  if (status < 300) {
    asked.set(got.get('x-trace-id') ?? '', operation);
    assert.ok(operation.responses[status], `${status} is not documented`);
    return;
  }
  assert.ok(status < 500, JSON.stringify(body));
  assert.ok(Object.hasOwn(errors, body.code), JSON.stringify(body));
  // A replayed answer contains the trace id of the first request.
  if (!got.has('idempotent-replayed')) mustRefuse({ status, headers: got, body }, body.code);
}

async function ask(operation: Operation, given: Given, known: object): Promise<Answer> {
  let next = 0;
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    name in known ? encodeURIComponent((known as Record<string, string>)[name] ?? '') : (given.params[next++] ?? 'x'),
  );
  const body = operation.method === 'GET' ? undefined : given.body;
  const sent = body === undefined ? { headers: { ...given.headers, 'content-type': 'application/json' } } : { headers: given.headers };
  return inTime(fixture.call(operation.method, path + queryOf(given.query), body, { ...sent, key: given.key }), `${operation.method} ${path}`);
}

test('requests can be generated for every route of the document', () => {
  assert.ok(Object.keys(document.paths).length > 30, 'the document has all routes');
  for (const operation of operations) assert.ok(fc.sample(requests(operation), 1).length === 1, operation.path);
});

for (const operation of operations) {
  test(`${operation.method} ${operation.path}`, async () => {
    await fc.assert(
      fc.asyncProperty(requests(operation), async (given) => {
        const known = given.isThere ? await prepared(fixture, operation) : {};
        const accepted = await fixture.accepted();
        const answer = await ask(operation, given, known);
        mustBeFine(operation, answer);
        if (answer.status >= 400) assert.equal(await fixture.accepted(), accepted, 'a refused request published a message');
        if (operation['x-scope'] && (given.key === null || given.key === 'wrong'))
          assert.ok(answer.status >= 400, 'a request without a valid key was accepted');
      }),
      { numRuns: runs },
    );
    const right = {
      params: [],
      isThere: true,
      query: Object.fromEntries(new URLSearchParams(rightRequest(operation).query)),
      body: rightRequest(operation).body,
      headers: { 'content-type': 'application/json' },
      key: apiKey,
    };
    const answer = await ask(operation, right, await prepared(fixture, operation));
    mustBeFine(operation, answer);
    assert.ok(answer.status < 300, `a valid request still succeeds: ${answer.status}`);
  });
}

test('many of the generated requests were accepted', () => {
  assert.ok(asked.size > 3 * operations.length, `only ${asked.size}`);
});

describe('the Pusher-compatible routes', () => {
  const calls: Readonly<Record<string, Schema>> = { events: eventBody as unknown as Schema, batch_events: batchBody as unknown as Schema };
  for (const [name, schema] of Object.entries(calls)) {
    test(name, async () => {
      let successes = 0;
      const operation = { method: 'POST', path: `/apps/1/${name}`, responses: {} };
      const request = fc.record({
        body: nearly(fitting(schema, words)),
        signed: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
      });
      await fc.assert(
        fc.asyncProperty(request, async ({ body, signed }) => {
          const accepted = await fixture.accepted();
          const raw = JSON.stringify(body);
          const answer = await inTime(fixture.call('POST', signedPath(operation.path, raw, signed), raw, { key: null }), operation.path);
          if (answer.status < 300) {
            assert.ok(signed, 'a request without a valid signature was accepted');
            successes++;
            asked.set(answer.headers.get('x-trace-id') ?? '', operation);
            return;
          }
          assert.ok(answer.status < 500, JSON.stringify(answer.body));
          assert.deepEqual(Object.keys(answer.body), ['error']);
          assert.equal(await fixture.accepted(), accepted, 'a refused request published a message');
        }),
        { numRuns: 100 },
      );
      assert.ok(successes > 0, 'no generated request was accepted');
    });
  }
});

function signedPath(path: string, body: string, right: boolean): string {
  const query = `auth_key=${pusher.key}&auth_timestamp=${Math.floor(Date.now() / 1_000)}&auth_version=1.0&body_md5=${createHash('md5').update(body).digest('hex')}`;
  const signature = createHmac('sha256', right ? pusher.secret : 'wrong')
    .update(`POST\n${path}\n${query}`)
    .digest('hex');
  return `${path}?${query}&auth_signature=${signature}`;
}
