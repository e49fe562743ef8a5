// Each route returns exactly the error codes it documents: every documented code is provoked, and every way to provoke a code is tried on
// every route. The fixture fails on an undocumented code.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { Bus } from '@danmux/bus';
import { DanmuxError, type ErrorCode, errors } from '@danmux/protocol';
import { type Answer, type ApiFixture, gift, mustRefuse, startApi } from '@danmux/testkit/api-fixture';
import { documentedCodes, type Operation, operations } from '@danmux/testkit/documented-codes';
import { type Signing, signedHeaders } from '@danmux/testkit/signed-request';
import type { CallName } from '@danmux/testkit/unit';
import { ownerOf } from '@danmux/testkit/unit';
import { Seal } from '../src/auth/seal.ts';
import { type Change, held, prepared, rightRequest, rightRequests, rightSettings, send } from './right-requests.ts';

/** A config row for a key whose text is its id, repeated eight times. */
const keyRow = (id: string, scope: string) => ({ id, scopes: [scope], hashes: [createHash('sha256').update(id.repeat(8)).digest('hex')] });
const secret = 'q'.repeat(40);
const owner = ownerOf(after);
let fixture: ApiFixture;
let limited: ApiFixture;
before(async () => {
  const signer = { ...keyRow('signer', 'admin'), signing_secrets: [secret] };
  fixture = await startApi(owner, { ...rightSettings, 'api.keys': [keyRow('reader', 'read'), keyRow('publisher', 'publish'), signer], shedding: 'off' });
  // With a subscriber, changes of the room are published.
  await fixture.bus.frames.subscribe('live:1', { frame: () => {}, resumed: () => {} });
  // Allows one request a minute, which the next line uses.
  limited = await startApi(owner, { 'api.per_minute': 1 });
  await limited.call('GET', '/v1/stats');
});

/** All methods of the bus that routes call. */
const busMethods = [
  ...[
    'ingress.publish',
    'ingress.read',
    'streams.heads',
    'streams.history',
    'streams.recall',
    'streams.recallAll',
    'streams.rooms',
    'presence.totals',
    'presence.audience',
    'presence.rooms',
    'members.list',
  ],
  ...['claims.begin', 'records.get', 'records.version', 'records.set', 'records.setIf', 'records.page', 'receipts.open', 'receipts.find'],
  ...['events.emit', 'events.read', 'events.dropped', 'logs.append', 'logs.page', 'logs.find', 'logs.remove', 'traces.add', 'traces.find', 'traffic.find'],
] as const satisfies CallName<Bus>[];
const jobMethods = ['add', 'addDistinct', 'status', 'cancel', 'failed', 'retry'] as const;
let keys = 0;

/** Sends the valid request with a change. */
async function ask(operation: Operation, change: Change = {}): Promise<Answer> {
  return send(fixture, operation, await prepared(fixture, operation), change);
}

/** Sends the request while all bus and job calls fail. A POST has an Idempotency-Key, because tokens use the bus only for that. */
async function askFailing(operation: Operation, error: () => Error): Promise<Answer> {
  const params = await prepared(fixture, operation);
  const fail = () => Promise.reject(error());
  for (const name of busMethods) fixture.gate.replace(name, fail);
  for (const name of jobMethods) fixture.jobGate.replace(name, fail);
  try {
    return await send(fixture, operation, params, operation.method === 'POST' ? { headers: { 'idempotency-key': `f${++keys}` } } : {});
  } finally {
    for (const name of busMethods) fixture.gate.restore(name);
    for (const name of jobMethods) fixture.jobGate.restore(name);
  }
}

/** Exceeds the rate limit: the key with one request, the address of a public route with many. */
async function askOften(operation: Operation): Promise<Answer> {
  let answer = await send(limited, operation, { room: 'live:1' });
  for (let times = 0; !operation['x-scope'] && answer.status !== 429 && times < 1_000; times++) answer = await send(limited, operation, {});
  return answer;
}

async function askTwice(operation: Operation): Promise<Answer> {
  const headers = { 'idempotency-key': `t${++keys}` };
  const params = await prepared(fixture, operation);
  const first = await send(fixture, operation, params, { headers });
  assert.ok(first.status < 300, JSON.stringify(first.body));
  return send(fixture, operation, params, { headers, body: rightRequest(operation).other ?? { other: 1 } });
}

/** Sends two messages with one id. */
async function askWithTakenId(operation: Operation): Promise<Answer> {
  const id = `taken${++keys}`;
  const { body, other } = rightRequest(operation);
  const params = await prepared(fixture, operation);
  await send(fixture, operation, params, { body: { ...(body as object), id } });
  return send(fixture, operation, params, { body: { ...(other as object), id } });
}

/** Sends the valid request signed, with changes to the signature or with another result of the nonce check. */
async function askSigned(operation: Operation, signing: Partial<Signing>, once: () => Promise<number> = async () => 0): Promise<Answer> {
  const params = await prepared(fixture, operation);
  fixture.gate.replace('claims.once', once);
  const signed: Pick<ApiFixture, 'call'> = {
    call: (method, target, body) => {
      const text = body === undefined ? '' : JSON.stringify(body);
      const headers = signedHeaders({ key: 'signer', secret, method, target, body: text, ...signing });
      return fixture.call(method, target, body, { key: null, headers });
    },
  };
  const answer = await send(signed, operation, params);
  fixture.gate.restore('claims.once');
  return answer;
}

async function withPublish(operation: Operation, publish: ApiFixture['bus']['ingress']['publish']): Promise<Answer> {
  const params = await prepared(fixture, operation);
  fixture.gate.replace('ingress.publish', publish);
  const answer = await send(fixture, operation, params);
  fixture.gate.restore('ingress.publish');
  return answer;
}

/** Repeats a request whose stored answer was encrypted under another secret. */
async function askSealed(operation: Operation): Promise<Answer> {
  const params = await prepared(fixture, operation);
  const answer = new Seal('t'.repeat(32), 'kept answers').close('{}', 'anywhere');
  fixture.gate.replace('claims.begin', async () => ({ state: 'done', answer }));
  const refused = await send(fixture, operation, params, { headers: { 'idempotency-key': `s${++keys}` } });
  fixture.gate.restore('claims.begin');
  return refused;
}

/** Sends an invalid body, or query, or path parameter: the first that the route has. */
function askMalformed(operation: Operation): Promise<Answer> {
  if (operation.requestBody) return ask(operation, { body: { nobody_knows: 1 } });
  if (operation.parameters?.some((parameter) => parameter.in === 'query')) return ask(operation, { query: '?nobody_knows=1' });
  const [, name] = /\{(\w+)\}/.exec(operation.path) ?? [];
  return ask(operation, name === undefined ? {} : { params: { [name]: '%zz' } });
}

const isBroadcast = ({ path }: Operation) => path === '/v1/broadcasts';
const lastParam = ({ path }: Operation) => [...path.matchAll(/\{(\w+)\}/g)].at(-1)?.[1] ?? '';
const withType = ({ path, requestBody }: Operation, type: string): Change =>
  requestBody ? { body: isBroadcast({ path } as Operation) ? { rooms: '*', type, data: 1 } : { ...gift, type } } : {};

const provoke: Readonly<Partial<Record<ErrorCode, (operation: Operation) => Promise<Answer>>>> = {
  unauthorized: (operation) => ask(operation, { key: null }),
  forbidden: async (operation) => ask(operation, { key: await forbiddenKey(operation) }),
  rate_limited: (operation) => askOften(operation),
  signature_invalid: (operation) => askSigned(operation, { secret: 'another' }),
  signature_expired: (operation) => askSigned(operation, { timestamp: 1_000_000 }),
  nonce_replayed: (operation) => askSigned(operation, {}, async () => 1_000),
  internal: (operation) => askFailing(operation, () => new Error('a bug')),
  unavailable: (operation) => askFailing(operation, () => new DanmuxError('unavailable')),
  invalid_request: askMalformed,
  invalid_json: (operation) => ask(operation, { body: '{' }),
  invalid_room: (operation) => ask(operation, withInvalidRoom(operation)),
  unknown_type: async (operation) =>
    send(fixture, operation, operation.requestBody ? await prepared(fixture, operation) : await withUnknownType(operation), withType(operation, 'unheard-of')),
  type_forbidden: (operation) => ask(operation, withType(operation, 'recall')),
  too_large: (operation) =>
    ask(operation, { body: `"${'x'.repeat(operation.path.startsWith('/v1/words') ? 6_300_000 : operation.path.endsWith('/batch') ? 4_200_000 : 1_100_000)}"` }),
  unsupported_media_type: (operation) => ask(operation, { headers: { 'content-type': 'text/plain' }, body: 'x' }),
  not_found: (operation) => ask(operation, { params: { [lastParam(operation)]: `nobody${++keys}` } }),
  // A token has no other conflict.
  conflict: async (operation) =>
    operation.path.startsWith('/v1/tokens')
      ? askSealed(operation)
      : send(fixture, operation, { room: 'live:1', ...(await (rightRequest(operation).conflict ?? (() => prepared(fixture, operation)))(fixture)) }),
  duplicate_id: askWithTakenId,
  idempotency_mismatch: askTwice,
  idempotency_in_flight: async (operation) => {
    const params = await prepared(fixture, operation);
    fixture.gate.replace('claims.begin', async () => ({ state: 'in_flight' }));
    const answer = await send(fixture, operation, params, { headers: { 'idempotency-key': 'busy' } });
    fixture.gate.restore('claims.begin');
    return answer;
  },
  lane_full: (operation) => withPublish(operation, async (publications) => publications.map(() => new DanmuxError('lane_full', { retryAfterMs: 1_000 }))),
};

/** An invalid room where the route takes it: in the body or in the path. */
function withInvalidRoom(operation: Operation): Change {
  if (isBroadcast(operation)) return { body: { ...gift, rooms: ['a b'] } };
  return operation.path === '/v1/tokens/watch' ? { body: { room: 'a b' } } : { params: { room: 'a%20b' } };
}

/** A key that the route refuses: GET /v1/keys/me refuses only watch keys. */
async function forbiddenKey({ method, path }: Operation): Promise<string> {
  if (path === '/v1/keys/me') return (await fixture.call('POST', '/v1/keys', { scopes: ['watch'], rooms: ['live:1'] })).body.key;
  return (method === 'GET' ? 'publisher' : 'reader').repeat(8);
}

/** Prepares a held message of an unknown type for the review routes, else the usual objects. */
async function withUnknownType(operation: Operation): Promise<Readonly<Record<string, string>>> {
  return operation.path.startsWith('/v1/reviews/') ? held(fixture, { type: 'unheard-of' }) : prepared(fixture, operation);
}

test('the table of valid requests has every route and no other', () => {
  assert.deepEqual(Object.keys(rightRequests).sort(), operations.map(({ method, path }) => `${method} ${path}`).sort());
});

for (const operation of operations) {
  describe(`${operation.method} ${operation.path}`, () => {
    test('succeeds', async () => {
      const { status, body } = await ask(operation);
      assert.ok(operation.responses[status], `${status} ${JSON.stringify(body)}`);
      assert.ok(status < 300, JSON.stringify(body));
    });

    for (const [code, status] of documentedCodes(operation)) {
      test(`${status} ${code}`, async () => {
        assert.equal(errors[code as ErrorCode]?.status, status, 'the document says another status than the errors table');
        const how = provoke[code as ErrorCode];
        assert.ok(how, `no entry of provoke for ${code}`);
        const before = await fixture.refused(code as ErrorCode);
        mustRefuse(await how(operation), code as ErrorCode);
        if (code !== 'rate_limited') assert.equal(await fixture.refused(code as ErrorCode), before + 1);
      });
    }

    test('returns no undocumented code', async () => {
      const documented = documentedCodes(operation);
      for (const [code, how] of Object.entries(provoke)) {
        if (documented.has(code) || (code === 'idempotency_mismatch' && operation.method !== 'POST')) continue;
        const answer = await how(operation);
        assert.ok(answer.status < 300 || documented.has(answer.body.code), `${code}: ${JSON.stringify(answer.body)}`);
      }
    });
  });
}
