// Keys: one hash slot per shard, unique names, and the prefix in front of all.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { laneNames, streamLanes } from '@danmux/protocol';
import { channelPrefix, createKeys, type ShardKeys } from '../../src/redis/keys.ts';

const keys = createKeys('danmux', 8, 0);
/** The part of a key that decides its slot. */
const tagOf = (key: string) => /\{([^}]+)\}/.exec(key)?.[1];

function allOf(shard: ShardKeys, rooms: readonly string[], dedupeKeys: readonly string[]): string[] {
  const { lease, fence, ledger, totals, ingressChannel, events, eventsChannel, records } = shard;
  return [
    ...[lease, fence, ledger, totals, ingressChannel, events, eventsChannel, records.changes, records.ends],
    ...laneNames.map((lane) => shard.ingress(lane)),
    ...rooms.flatMap((room) => [
      shard.heads(room),
      shard.presence(room),
      shard.memberLists(room),
      shard.frames(room),
      shard.recalled(room),
      shard.recalledParts(room),
      records.record(`room:${room}`),
      records.names(`room:${room}`),
      ...streamLanes.flatMap((lane) => [shard.stream(room, lane), shard.tombstones(room, lane)]),
    ]),
    ...rooms.flatMap((room) => dedupeKeys.flatMap((key) => [shard.seen(room, key), shard.seenDigest(room, key)])),
  ];
}

test('all keys and channels of a shard share one slot for any room and id; shards have different slots', () => {
  for (let number = 0; number < 8; number++) {
    for (const key of allOf(keys.shard(number), ['live:1', 'a'], ['x', '{s9}', 'ann\n1'])) assert.equal(tagOf(key), `s${number}`, key);
    assert.deepEqual(
      keys.lease(`shard:${number}`).map((key) => tagOf(key)),
      [`s${number}`, `s${number}`],
    );
  }
});

const singles = (all: ReturnType<typeof createKeys>) => {
  const { changes, ends, record, names } = all.otherRecords;
  return [all.members, all.freed, all.idempotency('a'), all.once('a'), all.log('a'), all.receipt('a'), changes, ends, record('words'), names('words')];
};

test('the keys of a record outside rooms share a slot, and recordSlots lists every slot', () => {
  const { changes, ends, record, names } = keys.otherRecords;
  for (const key of [changes, ends, record('words'), names('words'), record('{s1}')]) assert.equal(tagOf(key), 'records', key);
  assert.deepEqual(keys.recordSlots, [...Array.from({ length: 8 }, (_, number) => keys.shard(number).records), keys.otherRecords]);
});

test('all names are unique', () => {
  const rooms = ['a', 'a:b', 'a:b:c', 'a:gift', 'a:heads', 'a:online', 'a:roster', 'a:recalled', 'a:recalled-parts', 'a:gift-tombstones', 'room:a', 'b', 'c'];
  const ids = ['a', 'b:c', 'c', 'b', 'gift', 'a:b', 'b c', ' c', ':c'];
  const all = [...[0, 1].flatMap((number) => allOf(keys.shard(number), rooms, ids)), ...singles(keys), ...keys.lease('boss')];
  const twice = all.filter((key, index) => all.indexOf(key) !== index);
  assert.deepEqual(twice, []);
});

test('every key begins with the prefix, so that clusters can share a Redis', () => {
  const other = createKeys('other', 2, 0);
  const all = [...allOf(other.shard(1), ['a'], ['b']), ...other.lease('shard:1'), ...other.lease('boss'), ...singles(other)];
  for (const key of all) assert.ok(key.startsWith('other:'), key);
});

const channelsOf = (all: ReturnType<typeof createKeys>) =>
  [0, 1].flatMap((number) => {
    const { ingressChannel, eventsChannel, records, frames } = all.shard(number);
    return [ingressChannel, eventsChannel, records.changes, frames('a'), frames('@b')];
  });

test('channel names contain the database number, because Redis does not separate channels by database; key names do not', () => {
  const [first, second, other] = [createKeys('danmux', 2, 0), createKeys('danmux', 2, 1), createKeys('danmux-1', 2, 1)];
  const channels = [first, second, other].flatMap((all) => [...channelsOf(all), all.freed, all.otherRecords.changes]);
  assert.deepEqual([...new Set(channels)], channels);
  for (const channel of channels.slice(channels.length / 3)) assert.match(channel, /^[a-z0-9-]+@1:\{/);
  const keysOf = (all: ReturnType<typeof createKeys>) => allOf(all.shard(0), ['a'], ['b']).filter((name) => !channelsOf(all).includes(name));
  assert.deepEqual(keysOf(second), keysOf(first));
});

test('channel names of database 0 have no number, so that old and new processes use the same channels', () => {
  assert.equal(channelPrefix('danmux', 0), 'danmux');
  assert.deepEqual(channelsOf(keys).slice(0, 4), ['danmux:{s0}:bell', 'danmux:{s0}:events-bell', 'danmux:{s0}:record-changes', 'danmux:{s0}:frames:a']);
  assert.equal(keys.freed, 'danmux:{freed}');
});

test('the lease of a shard is in the slot of its commits; other leases have their own slots', () => {
  const { lease, fence } = keys.shard(3);
  assert.deepEqual(keys.lease('shard:3'), [lease, fence]);
  const [boss, counter] = keys.lease('boss');
  assert.notEqual(boss, counter);
  assert.equal(tagOf(boss), tagOf(counter));
  assert.notEqual(keys.lease('shard:x')[0], keys.lease('shard:y')[0]);
});

test('an unknown shard number throws', () => {
  for (const number of [-1, 8, 0.5, Number.NaN]) assert.throws(() => keys.shard(number), RangeError);
  assert.throws(() => keys.lease('shard:8'), RangeError);
});
