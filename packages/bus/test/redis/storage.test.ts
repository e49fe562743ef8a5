// Keys that the Redis engine leaves in Redis: all keys of a room expire, and losing its heads alone equals losing the whole room.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { eventually, type RedisServer, startRedis, testRuntime } from '@danmux/testkit/unit';
import { listMembers, memberHash } from '../../src/audience/member-list.ts';
import { RedisBus } from '../../src/redis/bus.ts';
import { createKeys } from '../../src/redis/keys.ts';
import { shardOf } from '../../src/shard.ts';
import { commitOf, type Engine, message, offsetsOf, owned } from '../conformance/case-kit.ts';

const room = 'live:1';
let redis: RedisServer;
let bus: RedisBus;
let made: Pick<Engine, 'bus' | 'config'>;
before(async () => {
  redis = await startRedis();
});
after(() => redis.stop());
beforeEach(async () => {
  await redis.command('FLUSHALL');
  const runtime = testRuntime({ after }, { 'redis.url': redis.url });
  bus = new RedisBus(runtime);
  made = { bus, config: runtime.config };
  await bus.start();
  await eventually(() => bus.health());
});
afterEach(() => bus.stop());

const keysOf = () => createKeys('danmux', made.config.shards, 0).shard(shardOf(room, made.config.shards));
/** TTL of a key, milliseconds; -1 without TTL, -2 when the key does not exist. */
const leftOf = async (key: string) => Number((await redis.command(`PTTL "${key}"`)).slice(1));

async function sendGift(id: string): Promise<void> {
  await bus.ingress.publish([message(made.config, room, 'gift', id)]);
  assert.deepEqual(await bus.streams.commit(await commitOf(made, room, 'gift', await owned(bus, room, made.config))), { ok: true });
}

test('all keys of a room expire, its heads after its messages', async () => {
  await sendGift('g');
  await bus.presence.report('e', new Map([[room, 1]]), 60_000);
  const keys = keysOf();
  const stream = await leftOf(keys.stream(room, 'gift'));
  const heads = await leftOf(keys.heads(room));
  assert.ok(stream > 7_000_000 && stream <= 7_200_000, `the stream has ${stream} ms left`);
  assert.ok(heads > stream, `the heads have ${heads} ms left`);
  const presence = await leftOf(keys.presence(room));
  assert.ok(presence > 50_000 && presence <= 60_000, `presence has ${presence} ms left`);
  const seen = await leftOf(keys.seen(room, 'g'));
  assert.ok(seen > 800_000 && seen <= 900_000, `the dedupe key has ${seen} ms left`);
});

test('presence reports extend the TTL of the heads of a quiet room', async () => {
  await bus.streams.heads(room);
  const heads = keysOf().heads(room);
  await redis.command(`PEXPIRE ${heads} 5000`);
  await bus.presence.report('e', new Map([[room, 0]]), 60_000);
  await bus.presence.online(room);
  assert.ok((await leftOf(heads)) <= 5_000, 'nobody is there');
  await bus.presence.report('e', new Map([[room, 1]]), 60_000);
  assert.ok((await leftOf(heads)) > 7_000_000);
});

test('the member list of an edge is removed with its row, and the key with the last row', async () => {
  const list = listMembers(new Map([['ann', { member: { id: 'ann' }, hash: memberHash('ann') }]]), 200);
  const report = (edge: string, count: number, ttlMs: number) =>
    bus.presence.report(edge, new Map([[room, count]]), ttlMs, new Map([[room, { users: 1, list }]]));
  const memberLists = keysOf().memberLists(room);
  const lists = async () => Number((await redis.command(`HLEN ${memberLists}`)).slice(1));
  await report('e1', 1, 60_000);
  await report('dead', 1, 50);
  await report('gone', 1, 60_000);
  assert.equal(await lists(), 3);
  const left = await leftOf(memberLists);
  assert.ok(left > 50_000 && left <= 60_000, `the lists have ${left} ms left`);
  await report('gone', 0, 60_000);
  await eventually(async () => {
    // Counting the room removes expired rows.
    await bus.presence.online(room);
    assert.equal(await lists(), 1);
  });
  await report('e1', 0, 60_000);
  assert.equal(await leftOf(memberLists), -2);
  await report('e1', 1, 60_000);
  await redis.command(`DEL ${memberLists}`);
  const pulses = await bus.presence.report('e1', new Map([[room, 1]]), 60_000);
  assert.equal(pulses.get(room)?.list, undefined, 'lists that were lost alone are missed');
});

test('an unfinished idempotency claim expires after 10 s; `forget` removes it immediately', async () => {
  await bus.claims.begin('k', 'hash', 'c');
  const left = await leftOf('danmux:idempotency:k');
  assert.ok(left > 8_000 && left <= 10_000, `${left} ms left`);
  await bus.claims.forget('k', 'c');
  assert.equal(await leftOf('danmux:idempotency:k'), -2);
  await bus.claims.begin('k', 'hash', 'c');
  await bus.claims.finish('k', 'hash', 'c', 'answer', 60_000);
  assert.ok((await leftOf('danmux:idempotency:k')) > 50_000);
});

test('when only the heads are lost, the messages of the room are deleted and a new epoch begins', async () => {
  for (const id of ['a', 'b', 'c']) await sendGift(id);
  const { epoch } = await bus.streams.heads(room);
  await redis.command(`DEL ${keysOf().heads(room)}`);
  const after = await bus.streams.heads(room);
  assert.notEqual(after.epoch, epoch);
  assert.deepEqual(await bus.streams.history(room, 'gift', undefined, 10), { msgs: [], more: false });
  await sendGift('d');
  assert.deepEqual(offsetsOf(await bus.streams.since(room, 'gift', 0, 9, 9)), [1]);
});

test('reading existing heads deletes no message', async () => {
  await sendGift('a');
  for (let i = 0; i < 3; i++) await bus.streams.heads(room);
  assert.deepEqual(offsetsOf(await bus.streams.since(room, 'gift', 0, 9, 9)), [1]);
});

test('a commit deletes its entries from the ingress stream', async () => {
  await sendGift('a');
  assert.equal(await redis.command(`XLEN ${keysOf().ingress('gift')}`), ':0\r\n');
});

test('keys of recalls expire like history, and when only the heads are lost, tombstones are deleted', async () => {
  for (const id of ['a', 'b']) await sendGift(id);
  await bus.streams.recall(room, 'a');
  const keys = keysOf();
  for (const key of [keys.tombstones(room, 'gift'), keys.recalled(room)]) {
    const left = await leftOf(key);
    assert.ok(left > 7_000_000 && left <= 7_200_000, `${key} has ${left} ms left`);
  }
  await redis.command(`DEL ${keys.heads(room)}`);
  for (const id of ['c', 'd']) await sendGift(id);
  const types = (await bus.streams.since(room, 'gift', 0, 9, 9)).map((text) => (JSON.parse(text) as { type: string }).type);
  assert.deepEqual(types, ['gift', 'gift']);
  assert.deepEqual((await bus.streams.recalled(room)).ids, ['a'], 'it may still wait somewhere');
});

test('the next recall removes recalled ids that are older than any history', async () => {
  await bus.streams.recall(room, 'new');
  await redis.command(`ZADD ${keysOf().recalled(room)} 1000 old`);
  assert.deepEqual((await bus.streams.recalled(room)).ids, ['new']);
  await bus.streams.recall(room, 'newer');
  assert.equal(await redis.command(`ZCARD ${keysOf().recalled(room)}`), ':2\r\n');
});

test('expired fields are removed by the next change of their record or by a sweep, without a new version', async () => {
  const slot = keysOf().records;
  const until = Date.now() + 1;
  const ended = () => new Map(['x', 'y', 'mute:bob smith'].map((name) => [name, { value: '1', until }]));
  const sizes = async (record: string) => {
    const answers = [`HLEN ${slot.record(record)}`, `ZCARD ${slot.names(record)}`, `ZCARD ${slot.ends}`].map((line) => redis.command(line));
    return (await Promise.all(answers)).map((answer) => Number(answer.slice(1)));
  };
  await bus.records.set('room:live:1', ended());
  const version = await bus.records.set('room:live:29', ended());
  assert.deepEqual(await sizes('room:live:1'), [4, 3, 6]);
  await eventually(() => assert.ok(Date.now() > until, 'they ended'));
  await bus.records.set('room:live:1', new Map([['z', { value: '' }]]));
  assert.deepEqual(await sizes('room:live:1'), [2, 1, 3]);
  assert.deepEqual(await sizes('room:live:29'), [4, 3, 3]);
  await bus.sweep();
  assert.deepEqual(await sizes('room:live:29'), [1, 0, 0]);
  assert.equal((await bus.records.get('room:live:29')).version, version);
});

test('a record without fields expires after an hour; a new field cancels that, and a record that expired restarts above its old version', async () => {
  const slot = keysOf().records;
  const record = 'room:live:1';
  const left = () => leftOf(slot.record(record));
  const hour = (ms: number) => assert.ok(ms > 3_500_000 && ms <= 3_600_000, `${ms} ms left`);
  const until = Date.now() + 1;
  await bus.records.set(record, new Map([['mute:ann', { value: '1', until }]]));
  assert.equal(await left(), -1);
  await eventually(() => assert.ok(Date.now() > until, 'it ended'));
  await bus.sweep();
  hour(await left());
  await bus.records.set(record, new Map([['modes', { value: '{}' }]]));
  assert.equal(await left(), -1);
  const last = await bus.records.set(record, new Map([['modes', null]]));
  hour(await left());
  await redis.command(`DEL ${slot.record(record)}`);
  assert.deepEqual(await bus.records.get(record), { version: 0, fields: new Map() });
  // Shortens the TTL of one hour to a few milliseconds.
  await eventually(() => assert.ok(Date.now() > last + 1, 'a millisecond passed'));
  const again = await bus.records.setIf(record, 0, new Map([['modes', { value: '{}' }]]));
  assert.ok(again && again > last, `${again} after ${last}`);
});

test('a sweep removes more expired fields than one query returns', async () => {
  const until = Date.now() + 1;
  await bus.records.set('everywhere', new Map(Array.from({ length: 1_200 }, (_, index) => [`n${index}`, { value: '', until }])));
  await eventually(() => assert.ok(Date.now() > until, 'they ended'));
  await bus.sweep();
  assert.equal(await redis.command('HLEN danmux:{records}:record:everywhere'), ':1\r\n');
});

test('one-time keys and receipt counts expire; each report restarts the TTL of the counts', async () => {
  await bus.claims.once('k', 60_000);
  const taken = await leftOf('danmux:once:k');
  assert.ok(taken > 50_000 && taken <= 60_000, `${taken} ms left`);
  await bus.receipts.open('m', room, 1);
  await redis.command('PEXPIRE danmux:receipt:m 5000');
  await bus.receipts.report([{ id: 'm', room, edge: 'e', sent: 1, received: 0 }]);
  const counts = await leftOf('danmux:receipt:m');
  assert.ok(counts > 86_000_000 && counts <= 86_400_000, `${counts} ms left`);
});

/** The value of a bulk reply. */
const bulkOf = (reply: string) => reply.trim().split('\r\n').at(-1);

const memoryOf = async (key: string) => Number((await redis.command(`MEMORY USAGE "${key}" SAMPLES 0`)).slice(1));

test('the first message of a stream uses only the memory it needs, not a full stream node', async () => {
  await sendGift('g');
  const { stream, heads, seen } = keysOf();
  const bytes = (await memoryOf(stream(room, 'gift'))) + (await memoryOf(heads(room))) + (await memoryOf(seen(room, 'g')));
  assert.ok(bytes < 1_500, `a room with one gift takes ${bytes} bytes`);
  await sendGift('h');
  assert.deepEqual(offsetsOf(await bus.streams.since(room, 'gift', 0, 2, 10)), [1, 2]);
});

test('a stream that expired uses no more memory when it begins again', async () => {
  await sendGift('g');
  await redis.command(`DEL "${keysOf().stream(room, 'gift')}"`);
  await sendGift('h');
  assert.ok((await memoryOf(keysOf().stream(room, 'gift'))) < 1_200);
  assert.deepEqual(offsetsOf(await bus.streams.since(room, 'gift', 0, 2, 10)), [2]);
});

test('commits work for a Redis user whose ACL forbids DUMP', async () => {
  await redis.command('ACL SETUSER default -dump -restore');
  try {
    await sendGift('g');
    assert.deepEqual(offsetsOf(await bus.streams.since(room, 'gift', 0, 1, 10)), [1]);
  } finally {
    await redis.command('ACL SETUSER default +@all');
  }
});

test('a dedupe key holds only the id, as older processes read it; its digest is a second key with the same TTL', async () => {
  const order = { ...message(made.config, room, 'gift', 'order-1'), digest: 'aaaaaaaaaaa' };
  await bus.ingress.publish([order]);
  const { seen, seenDigest } = keysOf();
  assert.deepEqual([await redis.command(`GET "${seen(room, 'order-1')}"`), await redis.command(`GET "${seenDigest(room, 'order-1')}"`)].map(bulkOf), [
    'order-1',
    'aaaaaaaaaaa',
  ]);
  assert.ok(Math.abs((await leftOf(seen(room, 'order-1'))) - (await leftOf(seenDigest(room, 'order-1')))) < 1_000, 'both expire together');
  await bus.ingress.publish([message(made.config, room, 'gift', 'plain')]);
  assert.equal(await leftOf(seenDigest(room, 'plain')), -2, 'no digest, no second key');
});

test('the form that held id and digest in one key is read', async () => {
  const order = { ...message(made.config, room, 'gift', 'order-1'), digest: 'aaaaaaaaaaa' };
  await redis.command(`SET "${keysOf().seen(room, 'order-1')}" "order-1 aaaaaaaaaaa" PX 60000`);
  const { digest: _, ...plain } = order;
  const [again, unmarked, other] = await bus.ingress.publish([order, plain, { ...order, digest: 'bbbbbbbbbbb' }]);
  assert.deepEqual(
    [again, unmarked],
    [
      { id: 'order-1', duplicate: true },
      { id: 'order-1', duplicate: true },
    ],
  );
  assert.ok(other instanceof DanmuxError && other.code === 'duplicate_id', String(other));
});
