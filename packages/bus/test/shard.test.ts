// Publisher, relay and edge of all versions must map a room to the same shard.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shardLease, shardOf } from '../src/shard.ts';

test('the hash matches the published FNV-1a values', () => {
  // From the reference test vectors of FNV, 32 bit.
  for (const [text, hash] of [
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['b', 0xe70c2de5],
    ['foobar', 0xbf9cf968],
  ] as const) {
    assert.equal(shardOf(text, 2 ** 32), hash, text);
  }
});

test('rooms keep their shards: these values must never change', () => {
  assert.deepEqual(
    ['live:1', 'live:22', 'live:1001', 'A', 'room@x.y-z_0'].map((room) => shardOf(room, 64)),
    [26, 47, 1, 12, 59],
  );
});

test('room names that differ by a number spread evenly over the shards', () => {
  for (const shards of [1, 7, 64, 4_096]) {
    const counts = new Map<number, number>();
    const rooms = shards * 100;
    for (let i = 0; i < rooms; i++) {
      const shard = shardOf(`live:${i}`, shards);
      assert.ok(Number.isInteger(shard) && shard >= 0 && shard < shards);
      counts.set(shard, (counts.get(shard) ?? 0) + 1);
    }
    assert.equal(counts.size, shards);
    assert.ok(Math.max(...counts.values()) < 200, `${shards} shards: the fullest has ${Math.max(...counts.values())} of 100`);
  }
});

test('shardLease names the lease after the shard', () => {
  assert.deepEqual([shardLease(0), shardLease(63)], ['shard:0', 'shard:63']);
});
