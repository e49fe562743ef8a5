// The audit log: a row for each request that changes something, with its result; no rows of reads and no message text.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { type ApiFixture, apiKey, gift, mustRefuse, path, startApi } from '@danmux/testkit/api-fixture';
import { eventually, ownerOf } from '@danmux/testkit/unit';
import { addAudit } from '../../src/http/audit.ts';

const now = 1_767_225_600_000;
const owner = ownerOf(afterEach);
let fixture: ApiFixture;
beforeEach(async () => {
  fixture = await startApi(owner, { shedding: 'off' }, { now: () => now });
});

interface Row {
  readonly key: string | null;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly code?: string;
}
const rows = async (query = ''): Promise<Row[]> => (await fixture.call('GET', `/v1/audit${query}`)).body.rows;
const brief = ({ key, method, route, status, code }: Row) => [key, method, route, status, ...(code ? [code] : [])].join(' ');
const lines = () => fixture.lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'audit');
/** Waits for the rows of publishing, which are stored with a delay. */
const mustBecome = (expected: readonly string[], query = '') => eventually(async () => assert.deepEqual((await rows(query)).map(brief), expected));

test('a change adds a row with key, route, parameters, time and result', async () => {
  const { headers } = await fixture.call('POST', '/v1/keys', { id: 'shop', scopes: ['publish'] });
  assert.deepEqual(await rows(), [
    {
      ts: now,
      key: 'default',
      method: 'POST',
      route: '/v1/keys',
      params: {},
      asked: { id: 'shop', scopes: ['publish'] },
      status: 201,
      trace: headers.get('x-trace-id'),
      address: '127.0.0.1',
    },
  ]);
  await fixture.call('DELETE', '/v1/keys/shop');
  const [row] = await rows();
  assert.deepEqual((row as unknown as { params: object }).params, { id: 'shop' });
});

test('a row of administration is stored before the response, one of publishing shortly after', async () => {
  await fixture.call('POST', path, gift);
  await fixture.call('POST', '/v1/keys', { id: 'shop', scopes: ['publish'] });
  assert.deepEqual((await rows()).map(brief), ['default POST /v1/keys 201']);
  await mustBecome(['default POST /v1/rooms/:room/messages 202'], '?log=publishing');
});

test('a refused request adds a row too, with or without a key', async () => {
  const { key } = (await fixture.call('POST', '/v1/keys', { id: 'reader', scopes: ['read'] })).body;
  mustRefuse(await fixture.call('POST', path, gift, { key }), 'forbidden');
  mustRefuse(await fixture.call('POST', path, gift, { key: 'wrong' }), 'unauthorized');
  mustRefuse(await fixture.call('POST', path, '{'), 'invalid_json');
  mustRefuse(await fixture.call('DELETE', '/v1/keys/nobody'), 'not_found');
  assert.deepEqual((await rows()).map(brief), ['default DELETE /v1/keys/:id 404 not_found', 'default POST /v1/keys 201']);
  await mustBecome(['default POST /v1/rooms/:room/messages 400 invalid_json', 'reader POST /v1/rooms/:room/messages 403 forbidden'], '?log=publishing');
  await mustBecome([' POST /v1/rooms/:room/messages 401 unauthorized'], '?log=unknown');
});

test('reads and unknown routes add no row', async () => {
  await fixture.call('GET', '/v1/stats');
  await fixture.call('POST', '/v1/nothing', {});
  await fixture.call('POST', '/v1/keys', { id: 'shop', scopes: ['publish'] });
  assert.equal((await rows()).length, 1);
  assert.equal(lines().length, 1);
});

test('each row is logged immediately with the key id: changes at info, publishing at debug', async () => {
  await fixture.call('PUT', '/v1/rooms/live:1/mutes/u7', { for_ms: 1_000 });
  assert.deepEqual(
    lines().map(({ key_id, level, route }) => [key_id, level, route]),
    [['default', 'info', '/v1/rooms/:room/mutes/:user']],
  );
  await fixture.call('POST', path, gift);
  const line = lines().at(-1);
  assert.deepEqual([line.key_id, line.level], ['default', 'debug']);
  assert.deepEqual([line.method, line.route, line.params, line.status], ['POST', '/v1/rooms/:room/messages', { room: 'live:1' }, 202]);
});

test('rows name the kicked user and the created key; publishing and unauthenticated requests do not evict them', async (t) => {
  const small = await startApi(t, { 'api.audit_entries': 2, shedding: 'off' });
  await small.call('POST', '/v1/rooms/live:1/kick', { user: 'u7', reason: '广告', ban_ms: 5_000 });
  for (let i = 0; i < 3; i++) {
    await small.call('POST', path, gift);
    await small.call('POST', '/v1/rooms/live:1/kick', { user: 'u8' }, { key: 'wrong' });
  }
  await eventually(async () => assert.equal((await small.call('GET', '/v1/audit?log=unknown')).body.rows.length, 2));
  const { body } = await small.call('GET', '/v1/audit');
  assert.deepEqual(
    body.rows.map(({ params, asked }: { params: object; asked: object }) => ({ ...params, ...asked })),
    [{ room: 'live:1', user: 'u7', reason: '广告', ban_ms: 5_000 }],
  );
});

test('rows contain no body and no key', async () => {
  await fixture.call('POST', path, { ...gift, data: { text: 'very private' } });
  await fixture.call('POST', path, gift, { key: 'a-wrong-key-0123456789' });
  await mustBecome([' POST /v1/rooms/:room/messages 401 unauthorized'], '?log=unknown');
  await mustBecome(['default POST /v1/rooms/:room/messages 202'], '?log=publishing');
  const stored = await Promise.all(['audit', 'audit:publishing', 'audit:unknown'].map((log) => fixture.bus.logs.page(log, undefined, 100)));
  const text = JSON.stringify(stored) + JSON.stringify(lines());
  for (const secret of ['very private', 'rocket', 'a-wrong-key', apiKey]) assert.ok(!text.includes(secret), secret);
});

test('pages list newest rows first and filter by key and by route prefix', async () => {
  for (let i = 0; i < 5; i++) await fixture.call('POST', '/v1/keys', { id: `k${i}`, scopes: ['admin'] });
  const { key } = (await fixture.call('POST', '/v1/keys', { id: 'other', scopes: ['admin'] })).body;
  for (let i = 0; i < 5; i++) await fixture.call('DELETE', `/v1/keys/k${i}`, undefined, i === 2 ? { key } : {});
  const first = (await fixture.call('GET', '/v1/audit?limit=4')).body;
  const second = (await fixture.call('GET', `/v1/audit?limit=100&cursor=${first.cursor}`)).body;
  assert.deepEqual([first.rows.length, second.rows.length, second.cursor], [4, 7, null]);
  const all = [...first.rows, ...second.rows].map(({ params, method }) => `${method} ${params.id ?? ''}`);
  assert.deepEqual(all.slice(0, 6), ['DELETE k4', 'DELETE k3', 'DELETE k2', 'DELETE k1', 'DELETE k0', 'POST ']);
  assert.deepEqual((await rows('?key=other')).map(brief), ['other DELETE /v1/keys/:id 200']);
  assert.equal((await rows('?route=/v1/keys/')).length, 5);
  assert.equal((await rows('?key=nobody')).length, 0);
  const exact = (await fixture.call('GET', '/v1/audit?limit=11')).body;
  assert.deepEqual([exact.rows.length, exact.cursor], [11, null]);
});

test('a filter without matches scans a bounded number of rows and returns a cursor', async () => {
  const texts = Array.from({ length: 2_300 }, (_, i) => JSON.stringify({ key: i === 0 ? 'rare' : 'common', route: '/v1/x' }));
  await fixture.bus.logs.append('audit', texts, 100_000);
  const first = (await fixture.call('GET', '/v1/audit?key=rare')).body;
  assert.deepEqual(first.rows, []);
  const second = (await fixture.call('GET', `/v1/audit?key=rare&cursor=${first.cursor}`)).body;
  assert.deepEqual([second.rows.length, second.cursor], [1, null]);
});

test('the log keeps api.audit_entries rows and evicts the oldest', async (t) => {
  const small = await startApi(t, { 'api.audit_entries': 3 });
  for (let i = 0; i < 5; i++) await small.call('DELETE', `/v1/keys/k${i}`);
  const { body } = await small.call('GET', '/v1/audit');
  assert.deepEqual(
    body.rows.map(({ params }: { params: { id: string } }) => params.id),
    ['k4', 'k3', 'k2'],
  );
});

test('while the store is away responses are sent and rows are stored later', async () => {
  const { logs } = fixture.bus;
  fixture.gate.fail('logs.append', new DanmuxError('unavailable'));
  assert.equal((await fixture.call('POST', '/v1/keys', { id: 'shop', scopes: ['read'] })).status, 201);
  assert.deepEqual(await rows(), []);
  assert.ok(
    fixture.lines.some((line) => line.includes('could not store audit rows; retrying')),
    'logged',
  );
  const { values } = await fixture.runtime.metrics.caught.get();
  assert.ok((values.find(({ labels }) => labels['where'] === 'audit')?.value ?? 0) > 0, 'counted');
  fixture.gate.restore();
  await fixture.api.stop();
  const { entries } = await logs.page('audit', undefined, 10);
  assert.equal(entries.length, 1, 'what waited is stored at the end');
});

test('the queue of rows has a cap, and lost rows are counted', async () => {
  const { fastify } = await import('fastify');
  const app = fastify();
  const fail = () => Promise.reject(new DanmuxError('unavailable'));
  const bus = { logs: { append: fail } } as unknown as ApiFixture['bus'];
  const log = { debug: () => {}, info: () => {}, warn: () => {} } as unknown as ApiFixture['runtime']['log'];
  app.decorateRequest('keyId', 'k');
  addAudit(app, { ...fixture.runtime, log }, bus);
  app.post('/x', { config: { scope: 'publish' } }, async () => ({}));
  for (let i = 0; i < 20_010; i++) await app.inject({ method: 'POST', url: '/x' });
  const lost = async () => (await fixture.runtime.metrics.auditLost.get()).values[0]?.value ?? 0;
  assert.equal(await lost(), 10);
  await app.close();
  assert.equal(await lost(), 20_010);
});

test('an invalid limit or field, or a key without admin, is refused', async () => {
  for (const query of ['?limit=0', '?limit=101', '?limit=x', '?since=1']) mustRefuse(await fixture.call('GET', `/v1/audit${query}`), 'invalid_request');
  assert.deepEqual(await rows('?cursor=nonsense'), []);
  const { key } = (await fixture.call('POST', '/v1/keys', { id: 'mods', scopes: ['moderate', 'read', 'publish'] })).body;
  mustRefuse(await fixture.call('GET', '/v1/audit', undefined, { key }), 'forbidden');
});
