// A valid request for each route, and the preparation it needs. A route missing from this table fails every test that iterates over all
// routes.
import assert from 'node:assert/strict';
import { ruleRecords, sanctionField } from '@danmux/policy';
import type { HeldMessage } from '@danmux/protocol';
import { type Answer, type ApiFixture, type CallOptions, gift } from '@danmux/testkit/api-fixture';
import type { Operation } from '@danmux/testkit/documented-codes';
import { eventually, type Settings } from '@danmux/testkit/unit';
import { circuitRecord, DeadLetters, readCircuit, writeCircuit } from '@danmux/webhooks';
import type { ReviewVerb } from '../src/moderation/review-decisions.ts';

type Params = Readonly<Record<string, string>>;

export interface RightRequest {
  readonly body?: unknown;
  /** Another valid body. */
  readonly other?: unknown;
  readonly query?: string;
  /** Creates the objects that the request needs; returns the path parameters. */
  prepare?(fixture: ApiFixture): Promise<Params>;
  /** A counter that grows by one with each request that takes effect; absent: the route changes nothing countable. */
  effect?(fixture: ApiFixture): Promise<number>;
  /** Prepares a state in which the request gets `conflict`; returns the path parameters. */
  conflict?(fixture: ApiFixture): Promise<Params>;
}

/** Settings that these requests need. */
export const rightSettings: Settings = {
  'webhooks.targets': [{ id: 'billing', url: 'https://hooks.example/in', secret: `whsec_${Buffer.from('x'.repeat(24)).toString('base64')}` }],
};

let made = 0;
const fresh = (word: string) => `${word}-${++made}`;
const accepted = (fixture: ApiFixture) => fixture.accepted();
interface Seen {
  count: number;
  version: number;
}

/** For each fixture: its watched records, with the number of changes and the version of the last one. */
const watched = new WeakMap<ApiFixture, Promise<Map<string, Seen>>>();

async function watch({ bus: { records } }: ApiFixture): Promise<Map<string, Seen>> {
  const all = new Map<string, Seen>();
  const changed = ({ record, version }: { record: string; version: number }) => {
    const seen = all.get(record);
    if (seen && version > seen.version) Object.assign(seen, { count: seen.count + 1, version });
  };
  await records.watch({ changed, resumed: () => {} });
  return all;
}

/** Number of changes of a record since the first call, including every change stored by now. */
const changes = (record: string) => async (fixture: ApiFixture) => {
  const watching = watched.get(fixture) ?? watch(fixture);
  watched.set(fixture, watching);
  const all = await watching;
  const { version } = await fixture.bus.records.get(record);
  const seen = all.get(record) ?? { count: 0, version };
  all.set(record, seen);
  await eventually(() => assert.ok(seen.version >= version, 'the change notification arrived'));
  return seen.count;
};
const ranJobs = async (fixture: ApiFixture) => fixture.ran.length;

const inRoom = { room: 'live:1' };
const sanction = (kind: 'mute' | 'ban', record: string) => async (fixture: ApiFixture) => {
  const user = fresh('user');
  await fixture.bus.records.set(record, new Map([[sanctionField(kind, user), { value: '{"by":"test","at":1}' }]]));
  return { ...inRoom, user };
};

/** The `data` of messages that are published before the request. */
export const preparedText = 'prepared';

/** A user with a message that waits in the ingress, so that a recall publishes something. */
async function userWithMessage(fixture: ApiFixture): Promise<Params> {
  const user = fresh('user');
  await fixture.call('POST', '/v1/rooms/live:1/messages', { type: 'chat', data: preparedText, from: { id: user } });
  return { ...inRoom, user };
}

async function delayed(fixture: ApiFixture): Promise<Params> {
  return { id: await fixture.jobs.add('publish', { publications: [] }, { id: fresh('publish'), delayMs: 3_600_000 }) };
}

async function ownJob(fixture: ApiFixture): Promise<Params> {
  return { id: await fixture.jobs.add('receipts', { id: 'm', room: 'r' }, { id: fresh('receipts'), delayMs: 3_600_000 }) };
}

/** Creates a job that failed all its attempts. */
export async function failedJob(fixture: ApiFixture): Promise<Params> {
  fixture.failJobs(true);
  const id = await fixture.jobs.add('publish', { publications: [] }, { id: fresh('failed'), attempts: 1 });
  for (;;) {
    const status = await fixture.jobs.status(id);
    if (status?.state === 'failed') break;
    await new Promise((resolve) => setImmediate(resolve));
  }
  fixture.failJobs(false);
  return { id };
}

export async function held(fixture: ApiFixture, change: Partial<HeldMessage> = {}): Promise<Params> {
  const id = fresh('held');
  const message: HeldMessage = {
    id,
    room: 'live:1',
    type: 'chat',
    data: { text: '加微信' },
    from: { id: 'u7', name: 'Ann' },
    at: 1_000,
    reason: 'ads',
    ...change,
  };
  await fixture.bus.records.set(ruleRecords.reviews, new Map([[id, { value: JSON.stringify(message) }]]));
  return { id };
}

/** Creates a held message about which another request is deciding. */
async function beingDecided(fixture: ApiFixture, verb: ReviewVerb): Promise<Params> {
  const params = await held(fixture);
  await fixture.bus.claims.begin(`review ${params['id']}`, verb, 'another');
  return params;
}

export async function deadLetter(fixture: ApiFixture, target = 'billing'): Promise<Params> {
  const letters = new DeadLetters(fixture.bus.logs, 100);
  const text = JSON.stringify({ id: fresh('event'), type: 'room.vacated', room: 'a', ts: 1, data: {} });
  await letters.add({ target, text, error: 'it answered 503', attempts: 3, at: 2 });
  const [newest] = (await letters.page(undefined, 1)).letters;
  return { entry: newest?.entry ?? '' };
}

/** Makes the webhook target fail until a time far in the future. */
async function failedTarget({ bus: { records } }: ApiFixture): Promise<Params> {
  const later = 9_999_999_999_999;
  const open = { state: 'open', failures: 3, retry_at: later, since: 1, error: 'it answered 503', version: '1' } as const;
  await writeCircuit(records, 'billing', await readCircuit(records, 'billing'), open);
  return { target: 'billing' };
}

/** Changes of the circuit record of the target. */
const circuitChanges = changes(circuitRecord('billing'));

async function fullOfLists(fixture: ApiFixture): Promise<Params> {
  const lists = Array.from({ length: 16 }, (_, index) => [`full${index}`, { value: '{"action":"mask","words":[],"revision":"1","parts":1}' }] as const);
  await fixture.bus.records.set(ruleRecords.words, new Map(lists));
  return { list: 'one-more' };
}

async function noLists(fixture: ApiFixture): Promise<Params> {
  const { fields } = await fixture.bus.records.get(ruleRecords.words);
  await fixture.bus.records.set(ruleRecords.words, new Map([...fields.keys()].map((name) => [name, null])));
  return { list: 'ads' };
}

async function oneList(fixture: ApiFixture): Promise<Params> {
  await noLists(fixture);
  await fixture.bus.records.set(ruleRecords.words, new Map([['ads', { value: '{"action":"mask","words":["x"],"revision":"1","parts":1}' }]]));
  return { list: 'ads' };
}

/** Stores the key `shop` and removes the key `new`. */
async function oneKey(fixture: ApiFixture): Promise<Params> {
  const value = JSON.stringify({ scopes: ['read'], created_at: 1, secrets: [{ hash: '0'.repeat(64), sealed: 'x' }] });
  await fixture.bus.records.set(
    ruleRecords.keys,
    new Map([
      ['shop', { value }],
      ['new', null],
    ]),
  );
  return { id: 'shop' };
}
async function existingKey(fixture: ApiFixture): Promise<Params> {
  await fixture.bus.records.set(ruleRecords.keys, new Map([['new', { value: '{}' }]]));
  return {};
}
/** The key of the config, which the API cannot change. */
const configKey = async () => ({ id: 'default' });

const timed = { body: { for_ms: 60_000, reason: '刷屏' }, other: { for_ms: 1_000 } };
const user = async () => ({ user: fresh('user') });
const room = ruleRecords.room('live:1');
const { everywhere } = ruleRecords;

export const rightRequests: Readonly<Record<string, RightRequest>> = {
  'POST /v1/rooms/{room}/messages': { body: gift, other: { ...gift, data: 2 }, effect: accepted },
  'POST /v1/messages/batch': { body: { messages: [{ room: 'live:1', ...gift }] }, other: { messages: [{ room: 'live:2', ...gift }] }, effect: accepted },
  'POST /v1/broadcasts': { body: { rooms: '*', ...gift }, other: { rooms: ['a'], ...gift }, effect: ranJobs },
  'POST /v1/users/{user}/messages': { body: gift, other: { ...gift, data: 2 }, prepare: user, effect: accepted },
  'GET /v1/messages/{id}/receipts': {
    prepare: async (fixture) => {
      const id = fresh('receipt');
      await fixture.bus.receipts.open(id, 'live:1', 1_000);
      return { id };
    },
  },
  'GET /v1/messages/{id}/trace': {
    query: '?room=live:1',
    prepare: async (fixture) => {
      const id = fresh('traced');
      await fixture.bus.traces.add([{ room: 'live:1', id, trace: 't', hop: 'stored', node: 'api@a', at: 1 }]);
      return { id };
    },
  },
  'GET /v1/rooms': {},
  'GET /v1/rooms/{room}': {},
  'PATCH /v1/rooms/{room}': { body: { modes: { slow_ms: 5_000 } }, other: { modes: { slow_ms: null } } },
  'GET /v1/rooms/{room}/members': {},
  'GET /v1/rooms/{room}/history': {},
  'DELETE /v1/rooms/{room}/messages/{id}': { prepare: async () => ({ ...inRoom, id: fresh('m') }) },
  'GET /v1/rooms/{room}/mutes': {},
  'PUT /v1/rooms/{room}/mutes/{user}': { ...timed, prepare: user },
  'GET /v1/rooms/{room}/mutes/{user}': { prepare: sanction('mute', room) },
  'DELETE /v1/rooms/{room}/mutes/{user}': { prepare: sanction('mute', room) },
  'GET /v1/rooms/{room}/bans': {},
  'PUT /v1/rooms/{room}/bans/{user}': { body: { for_ms: 60_000, recall: true }, prepare: user },
  'GET /v1/rooms/{room}/bans/{user}': { prepare: sanction('ban', room) },
  'DELETE /v1/rooms/{room}/bans/{user}': { prepare: sanction('ban', room) },
  'GET /v1/mutes': {},
  'PUT /v1/mutes/{user}': { ...timed, prepare: user },
  'GET /v1/mutes/{user}': { prepare: sanction('mute', everywhere) },
  'DELETE /v1/mutes/{user}': { prepare: sanction('mute', everywhere) },
  'GET /v1/bans': {},
  'PUT /v1/bans/{user}': { body: { for_ms: 60_000, recall: true }, prepare: userWithMessage },
  'GET /v1/bans/{user}': { prepare: sanction('ban', everywhere) },
  'DELETE /v1/bans/{user}': { prepare: sanction('ban', everywhere) },
  'POST /v1/rooms/{room}/kick': { body: { user: 'u1' }, other: { user: 'u2' }, effect: changes(room) },
  'POST /v1/users/{user}/kick': { body: { ban_ms: 1_000 }, other: {}, prepare: user, effect: changes(everywhere) },
  'POST /v1/rooms/{room}/recall': { body: { user: 'u1' }, other: { all: true }, effect: accepted },
  'POST /v1/users/{user}/recall': { prepare: userWithMessage, effect: accepted },
  'GET /v1/words': {},
  'GET /v1/words/{list}': { prepare: oneList },
  'PUT /v1/words/{list}': { body: { action: 'block', words: ['x'] }, other: { action: 'mask', words: [] }, prepare: noLists, conflict: fullOfLists },
  'DELETE /v1/words/{list}': { prepare: oneList },
  'GET /v1/reviews': {},
  'POST /v1/reviews/{id}/approve': { prepare: held, effect: accepted, conflict: (fixture) => beingDecided(fixture, 'reject') },
  'POST /v1/reviews/{id}/reject': { prepare: held, effect: changes(ruleRecords.reviews), conflict: (fixture) => beingDecided(fixture, 'approve') },
  'GET /v1/jobs/{id}': { prepare: delayed },
  'DELETE /v1/jobs/{id}': { prepare: delayed, conflict: ownJob },
  'GET /v1/jobs': { query: '?state=failed' },
  'POST /v1/jobs/{id}/retry': { prepare: failedJob, effect: ranJobs, conflict: delayed },
  'GET /v1/webhooks': {},
  'POST /v1/webhooks/{target}/enable': { prepare: failedTarget, effect: circuitChanges },
  'GET /v1/webhooks/dead': {},
  'POST /v1/webhooks/dead/{entry}/replay': { prepare: deadLetter, effect: ranJobs, conflict: (fixture) => deadLetter(fixture, 'gone') },
  'POST /v1/keys': {
    body: { id: 'new', scopes: ['publish'] },
    other: { id: 'new', scopes: ['read'] },
    prepare: oneKey,
    effect: changes(ruleRecords.keys),
    conflict: existingKey,
  },
  'GET /v1/keys': {},
  'GET /v1/keys/me': {},
  'POST /v1/keys/{id}/rotate': {
    body: { grace_ms: 0 },
    other: { grace_ms: 1_000 },
    prepare: oneKey,
    effect: changes(ruleRecords.keys),
    conflict: configKey,
  },
  'DELETE /v1/keys/{id}': { prepare: oneKey, conflict: configKey },
  'GET /v1/audit': {},
  'POST /v1/tokens': { body: { sub: 'u1' }, other: { sub: 'u2' } },
  'POST /v1/tokens/watch': { body: { room: 'live:1' }, other: { room: 'live:2' } },
  'GET /v1/stats': {},
  'GET /v1/stats/history': { query: '?minutes=5' },
  'GET /v1/nodes': {},
  'GET /v1/gateway': {
    query: '?room=live:1',
    prepare: async (fixture) => {
      await fixture.bus.members.announce({ id: 'edge@a', role: 'edge', address: '127.0.0.1:7700', version: '0', load: 0 }, 60_000);
      return {};
    },
  },
};

export function rightRequest({ method, path }: Operation): RightRequest {
  const request = rightRequests[`${method} ${path}`];
  if (!request) throw new Error(`right-requests.ts has no request for ${method} ${path}`);
  return request;
}

/** Runs the preparation of the route; returns the path parameters. */
export async function prepared(fixture: ApiFixture, operation: Operation): Promise<Params> {
  return { ...inRoom, ...(await rightRequest(operation).prepare?.(fixture)) };
}

export interface Change extends CallOptions {
  readonly body?: unknown;
  readonly params?: Params;
  readonly query?: string;
}

/** Sends the valid request with the given changes. `params` are not escaped. */
export function send(fixture: Pick<ApiFixture, 'call'>, operation: Operation, params: Params, change: Change = {}): Promise<Answer> {
  const { body, query = '' } = { ...rightRequest(operation), ...change };
  const values = { ...params, ...change.params };
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? 'none');
  const sent = operation.method === 'GET' || operation.method === 'DELETE' ? undefined : body;
  return fixture.call(operation.method, path + query, sent, change);
}
