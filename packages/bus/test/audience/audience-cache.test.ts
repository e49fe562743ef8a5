// The cache makes one read per room and second, keeps no failures and stays within its bounds.
import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import type { Audience } from '../../src/audience/audience.ts';
import { AudienceCache } from '../../src/audience/audience-cache.ts';

let now: number;
let reads: string[];
beforeEach(() => {
  now = 5_000;
  reads = [];
  mock.restoreAll();
  mock.method(performance, 'now', () => now);
});

const audience = (members: number): Audience => ({ online: 1, users: 1, members: Array.from({ length: members }, () => ({ id: 'x' })), complete: true });
const cacheOf = (members = 1) =>
  new AudienceCache(async (room) => {
    reads.push(room);
    return audience(members);
  });

test('a thousand calls within a second make one read per room', async () => {
  const cache = cacheOf();
  for (let i = 0; i < 1_000; i++) {
    await cache.get('a');
    if (i === 500) now += 999;
  }
  await cache.get('b');
  assert.deepEqual(reads, ['a', 'b']);
  now += 1;
  await cache.get('a');
  assert.deepEqual(reads, ['a', 'b', 'a']);
});

test('a slow read is shared until it ends, and its TTL counts from its start', async () => {
  let answer = (_: Audience) => {};
  const cache = new AudienceCache((room) => {
    reads.push(room);
    return new Promise((resolve) => {
      answer = resolve;
    });
  });
  const first = cache.get('a');
  now += 3_000;
  const second = cache.get('a');
  answer(audience(1));
  assert.equal(await first, await second);
  assert.equal(reads.length, 1);
  void cache.get('a');
  assert.equal(reads.length, 2);
});

test('a failure rejects all waiting calls and is not cached', async () => {
  let fails = true;
  const cache = new AudienceCache(async () => {
    if (fails) throw new Error('away');
    return audience(1);
  });
  const both = [cache.get('a'), cache.get('a')];
  for (const one of both) await assert.rejects(one, /away/);
  fails = false;
  assert.equal((await cache.get('a')).users, 1);
});

test('the oldest rooms are evicted above the caps of rooms and members', async () => {
  const cache = cacheOf();
  for (let i = 0; i <= 1_000; i++) await cache.get(`r${i}`);
  reads = [];
  await cache.get('r1000');
  await cache.get('r1');
  assert.deepEqual(reads, [], 'the younger ones are there');
  await cache.get('r0');
  assert.deepEqual(reads, ['r0']);
  const large = cacheOf(40_000);
  for (const room of ['a', 'b', 'c']) await large.get(room);
  reads = [];
  for (const room of ['c', 'b', 'a']) await large.get(room);
  assert.deepEqual(reads, ['a']);
});

test('clear empties the cache', async () => {
  const cache = cacheOf();
  await cache.get('a');
  cache.clear();
  await cache.get('a');
  assert.equal(reads.length, 2);
});
