// Each route refuses in just the ways it documents: every code it documents is provoked, and every way of provoking one is
// tried on every route; the fixture fails on a code that is answered without being documented.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { DanmuxError, type ErrorCode, errors } from '@danmux/protocol';
import { type Answer, type ApiFixture, gift, mustRefuse, startApi } from './bare-api.ts';
import { documentedCodes, type Operation, operations } from './documented-codes.ts';
import { type Signing, signedHeaders } from './signed-request.ts';

/** A key whose text is its id, repeated. */
const keyRow = (id: string, scope: string) => ({ id, scopes: [scope], hashes: [createHash('sha256').update(id.repeat(8)).digest('hex')] });
const secret = 'q'.repeat(40);
let fixture: ApiFixture;
let hurried: ApiFixture;
before(async () => {
  const signer = { ...keyRow('signer', 'admin'), signing_secrets: [secret] };
  fixture = await startApi({ 'api.keys': [keyRow('reader', 'read'), keyRow('publisher', 'publish'), signer], shedding: 'off' });
  // One request, then none for a long time.
  hurried = await startApi({ 'api.per_minute': 1 });
  await hurried.call('GET', '/v1/stats');
});
after(() => Promise.all([fixture.close(), hurried.close()]));

const bodies: Readonly<Record<string, object>> = {
  '/v1/rooms/{room}/messages': gift,
  '/v1/messages/batch': { messages: [{ room: 'live:1', ...gift }] },
  '/v1/tokens': { sub: 'u1' },
};
const overridden = ['publish', 'heads', 'history', 'presenceTotals', 'audience', 'members', 'begin'] as const;
let keys = 0;

/** A request that would succeed, but for what `change` does to it. */
function ask(
  { method, path }: Operation,
  change: { body?: unknown; room?: string; headers?: Record<string, string>; key?: string | null; query?: string } = {},
) {
  const { room = 'live:1', headers = {}, key, query = '' } = change;
  const body = method === 'GET' ? undefined : 'body' in change ? change.body : bodies[path];
  return fixture.call(method, path.replace('{room}', room) + query, body, { headers, ...(key === undefined ? {} : { key }) });
}

/** With every method of the bus that a route uses failing like this; POST with a key, as tokens use the bus for that alone. */
async function askFailing(operation: Operation, error: () => Error): Promise<Answer> {
  for (const name of overridden) Object.assign(fixture.overrides, { [name]: () => Promise.reject(error()) });
  try {
    return await ask(operation, operation.method === 'POST' ? { headers: { 'idempotency-key': `f${++keys}` } } : {});
  } finally {
    for (const name of overridden) delete fixture.overrides[name];
  }
}

async function askTwice(operation: Operation, second: unknown): Promise<Answer> {
  const headers = { 'idempotency-key': `t${++keys}` };
  assert.ok((await ask(operation, { headers })).status < 300);
  return ask(operation, { headers, body: second });
}

/** The same request, signed, while the store answers like this to the question whether its nonce is new. */
async function askSigned({ method, path }: Operation, signing: Partial<Signing>, once: () => Promise<number> = async () => 0): Promise<Answer> {
  const target = path.replace('{room}', 'live:1');
  const body = bodies[path] && JSON.stringify(bodies[path]);
  fixture.overrides.once = once;
  const headers = signedHeaders({ key: 'signer', secret, method, target, ...(body ? { body } : {}), ...signing });
  const answer = await fixture.call(method, target, body, { key: null, headers });
  delete fixture.overrides.once;
  return answer;
}

const provoke: Readonly<Partial<Record<ErrorCode, (operation: Operation) => Promise<Answer>>>> = {
  unauthorized: (operation) => ask(operation, { key: null }),
  forbidden: (operation) => ask(operation, { key: (operation.method === 'GET' ? 'publisher' : 'reader').repeat(8) }),
  rate_limited: ({ method, path }) => hurried.call(method, path.replace('{room}', 'live:1'), bodies[path]),
  signature_invalid: (operation) => askSigned(operation, { secret: 'another' }),
  signature_expired: (operation) => askSigned(operation, { timestamp: 1_000_000 }),
  nonce_replayed: (operation) => askSigned(operation, {}, async () => 1_000),
  internal: (operation) => askFailing(operation, () => new Error('a bug')),
  // Whether a nonce is new is asked of the store on every route.
  unavailable: (operation) => askSigned(operation, {}, () => Promise.reject(new DanmuxError('unavailable'))),
  invalid_request: (operation) => ask(operation, operation.method === 'POST' ? { body: {} } : { room: '%zz' }),
  invalid_json: (operation) => ask(operation, { body: '{' }),
  invalid_room: (operation) => ask(operation, { room: 'a%20b' }),
  unknown_type: (operation) => ask(operation, { body: { ...gift, type: 'unheard-of' } }),
  too_large: (operation) => ask(operation, { body: `"${'x'.repeat(1_100_000)}"` }),
  unsupported_media_type: (operation) => ask(operation, { headers: { 'content-type': 'text/plain' } }),
  idempotency_mismatch: (operation) =>
    askTwice(operation, { ...bodies[operation.path], ...(operation.path === '/v1/tokens' ? { sub: 'u2' } : otherMessage(operation)) }),
  idempotency_in_flight: async (operation) => {
    fixture.overrides.begin = async () => ({ state: 'in_flight' });
    const answer = await ask(operation, { headers: { 'idempotency-key': 'busy' } });
    delete fixture.overrides.begin;
    return answer;
  },
  lane_full: async (operation) => {
    fixture.overrides.publish = async (publications) => publications.map(() => new DanmuxError('lane_full', { retryAfterMs: 1_000 }));
    const answer = await ask(operation);
    delete fixture.overrides.publish;
    return answer;
  },
};

const otherMessage = ({ path }: Operation) => (path.endsWith('/batch') ? { messages: [{ room: 'live:2', ...gift }] } : { data: 2 });

// The routes of keys and of the audit log have refusals of their own: routes/keys.test.ts, routes/audit.test.ts.
for (const operation of operations.filter(({ path }) => !/^\/v1\/(keys|audit)/.test(path))) {
  describe(`${operation.method} ${operation.path}`, () => {
    for (const [code, status] of documentedCodes(operation)) {
      test(`${status} ${code}`, async () => {
        assert.equal(errors[code as ErrorCode]?.status, status, 'the document says another status than the errors table');
        const how = provoke[code as ErrorCode];
        assert.ok(how, `no way is known to provoke ${code}`);
        const before = await fixture.refused(code as ErrorCode);
        mustRefuse(await how(operation), code as ErrorCode);
        if (code !== 'rate_limited') assert.equal(await fixture.refused(code as ErrorCode), before + 1);
      });
    }

    test('and in no other way', async () => {
      const documented = documentedCodes(operation);
      for (const [code, how] of Object.entries(provoke)) {
        if (documented.has(code)) continue;
        const answer = await how(operation);
        assert.ok(answer.status < 300 || documented.has(answer.body.code), `${code}: ${JSON.stringify(answer.body)}`);
      }
    });
  });
}
