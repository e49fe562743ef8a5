// The work on one shard, on a bus whose calls a test makes fail, hang or return wrong results.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { acceptPublication, type Commit, shardLease, shardOf } from '@danmux/bus';
import { eventually } from '@danmux/testkit/unit';
import { barrier, bench, config, room, shard, turns } from './shard-bench.ts';

test('without a subscription the timer reads the ingress, and a slow store still gets every commit', async () => {
  const one = bench();
  one.gate.replace('ingress.listen', async () => Promise.reject(new Error('no subscriptions')));
  // An answer over a network arrives later than a refusal inside the process.
  one.gate.replace('streams.heads', async (name, claim) => {
    await turns(20);
    return one.bus.streams.heads(name, claim);
  });
  await one.begin();
  await one.publish('a');
  await eventually(() => assert.deepEqual(one.sent, ['a']), { timeoutMs: 3_000 });
  await one.publish('b');
  await eventually(() => assert.deepEqual(one.sent, ['a', 'b']), { timeoutMs: 3_000 });
});

test('a failed subscription is opened later', async () => {
  const one = bench();
  let refusals = 1;
  let opened = 0;
  one.gate.replace('ingress.listen', async (number, ring) => {
    if (refusals-- > 0) throw new Error('no subscriptions');
    opened++;
    return one.bus.ingress.listen(number, ring);
  });
  await one.begin();
  await eventually(() => assert.equal(opened, 1), { timeoutMs: 3_000 });
  await one.publish('a');
  await eventually(() => assert.deepEqual(one.sent, ['a']));
  assert.equal(opened, 1, 'and once only');
});

test('a commit under a lost lease is not written, and the owner is notified', async () => {
  const one = bench();
  const lease = await one.begin();
  await one.bus.leases.release(lease);
  await one.bus.leases.acquire(shardLease(shard), 'another', 60_000);
  await one.publish('a');
  await eventually(() => assert.equal(one.fenced, 1));
  assert.deepEqual(one.sent, []);
  assert.equal((await one.bus.ingress.read(shard, 'gift', undefined, 10)).length, 1, 'it waits for the new owner');
  assert.equal(await one.value('commitsRefused'), 1);
});

test('a refusal after the stop is counted and not reported to the owner', async () => {
  const one = bench();
  const hangs = barrier();
  one.gate.replace('streams.commit', async () => {
    await hangs.opened;
    return { ok: false, reason: 'fenced' };
  });
  await one.begin();
  await one.publish('a');
  await eventually(async () => assert.equal(await one.value('backlog'), 1));
  const stopped = one.relay?.stop();
  hangs.open();
  await stopped;
  assert.equal(one.fenced, 0);
  assert.equal(await one.value('commitsRefused'), 1);
});

test('moved heads are read again, and the messages keep their order', async () => {
  const one = bench();
  await one.begin();
  await one.publish('a');
  await eventually(() => assert.deepEqual(one.sent, ['a']));
  // Another relay has written to the room in between.
  const heads = await one.bus.streams.heads(room);
  const lease = await one.bus.leases.acquire(shardLease(shard), 'me', 60_000);
  assert.ok(lease);
  await one.bus.streams.commit({ room, lease, expected: heads, messages: { gift: ['{"id":"other"}'] }, entries: {}, frame: null, counts: {} });
  await one.publish('b', 'c');
  await eventually(() => assert.deepEqual(one.sent, ['a', 'b', 'c']));
  assert.equal((await one.bus.streams.heads(room)).offsets.gift, 4);
  assert.equal(await one.value('commitsRefused'), 1);
});

test('a store restored to an older state begins a new epoch at the next commit and continues from the surviving messages', async () => {
  const one = bench();
  await one.begin();
  await one.publish('a1', 'a2');
  await eventually(() => assert.deepEqual(one.sent, ['a1', 'a2']));
  const survived = await one.bus.streams.heads(room);
  await one.publish('b1', 'b2', 'b3');
  await eventually(() => assert.equal(one.sent.length, 5));
  const { epoch } = await one.bus.streams.heads(room);
  one.bus.goBack(room, survived);
  await one.publish('c1', 'c2');
  await eventually(() => assert.deepEqual(one.sent.slice(5), ['c1', 'c2']));
  const heads = await one.bus.streams.heads(room);
  assert.deepEqual([heads.epoch === epoch, heads.offsets.gift], [false, 4]);
  assert.deepEqual(heads.forks, [{ epoch, offsets: survived.offsets }]);
});

test('the claim of a room outlives its queue and the end of an epoch', async () => {
  const one = bench();
  await one.begin();
  await one.publish('a');
  await eventually(() => assert.deepEqual(one.sent, ['a']));
  const first = await one.bus.streams.heads(room);
  await one.relay?.stop();
  one.bus.goBack(room, { ...first, offsets: { ...first.offsets, gift: 0 } });
  await one.begin();
  await one.publish('b');
  await eventually(() => assert.ok(one.sent.includes('b')));
  const second = await one.bus.streams.heads(room);
  assert.notEqual(second.epoch, first.epoch);
  one.bus.goBack(room, first);
  await one.publish('c');
  await eventually(() => assert.ok(one.sent.includes('c')));
  const third = await one.bus.streams.heads(room);
  assert.ok(third.epoch !== first.epoch && third.epoch !== second.epoch, 'an old master that returns');
});

test('after an outage the heads of a quiet room are claimed before the next commit', async () => {
  const one = bench();
  let resumed = () => {};
  one.gate.replace('ingress.listen', (number, ring, again) => {
    resumed = again ?? (() => {});
    return one.bus.ingress.listen(number, ring);
  });
  const claims: unknown[] = [];
  one.gate.replace('streams.heads', (name, claim) => {
    claims.push(claim?.known?.offsets.gift);
    return one.bus.streams.heads(name, claim);
  });
  await one.begin();
  await one.publish('a');
  await eventually(() => assert.deepEqual(one.sent, ['a']));
  resumed();
  await one.publish('b');
  await eventually(() => assert.deepEqual(one.sent, ['a', 'b']));
  assert.deepEqual(claims, [undefined, 1]);
});

test('stop waits for the commit under way and starts no other', async () => {
  const one = bench();
  const hangs = barrier();
  const commits: Commit[] = [];
  one.gate.replace('streams.commit', async (commit) => {
    commits.push(commit);
    await hangs.opened;
    return one.bus.streams.commit(commit);
  });
  await one.begin();
  await one.publish('a');
  await eventually(() => assert.equal(commits.length, 1));
  await one.publish('b');
  await eventually(async () => assert.equal(await one.value('backlog'), 2));
  let ended = false;
  const stopped = one.relay?.stop().then(() => {
    ended = true;
  });
  await turns(20);
  assert.equal(ended, false, 'it waits');
  hangs.open();
  await stopped;
  await turns(20);
  assert.equal(commits.length, 1);
  assert.deepEqual(one.sent, ['a']);
  const waiting = await one.bus.ingress.read(shard, 'gift', undefined, 10);
  assert.deepEqual(
    waiting.map(({ id }) => id),
    ['b'],
  );
  assert.equal(await one.value('backlog'), 0, 'the gauge does not keep what it gave up');
});

test('a failed commit loses no message while other rooms of the shard are being committed', async () => {
  const one = bench();
  const rooms = Array.from({ length: 60 }, (_, i) => `live:${i}`).filter((name) => shardOf(name, 4) === shard);
  const got = new Map<string, string[]>(rooms.map((name) => [name, []]));
  for (const name of rooms) {
    await one.bus.frames.subscribe(name, {
      frame: ({ payload }) => void got.get(name)?.push(...(JSON.parse(payload) as { msgs: { id: string }[] }).msgs.map(({ id }) => id)),
      resumed: () => {},
    });
  }
  let calls = 0;
  one.gate.replace('streams.commit', async (commit) => {
    calls++;
    if (calls % 5 === 0) throw new Error('away');
    await turns(calls % 3);
    return one.bus.streams.commit(commit);
  });
  await one.begin();
  const ids = Array.from({ length: 20 }, (_, i) => `m${i}`);
  for (const id of ids)
    await one.bus.ingress.publish(
      rooms.map((name) => acceptPublication({ room: name, type: 'gift', data: 1, id }, { types: config.messages.types, maxData: 100, now: Date.now() })),
    );
  await eventually(() => {
    for (const name of rooms) assert.deepEqual(got.get(name), ids, name);
  });
  assert.ok((await one.value('caught')) > 0, 'it did fail meanwhile');
  assert.equal(await one.value('backlog'), 0);
});

test('a room whose commits fail is tried ever less often, while the other rooms of the shard go on', async () => {
  const one = bench();
  const others = Array.from({ length: 60 }, (_, i) => `live:${i}`).filter((name) => shardOf(name, 4) === shard && name !== room);
  const tries: number[] = [];
  let broken = true;
  one.gate.wrap('streams.commit', (next, commit) => {
    if (commit.room !== room || !broken) return next(commit);
    tries.push(performance.now());
    return Promise.reject(new Error('the stream of this room is broken'));
  });
  await one.begin();
  await one.publish('a', 'b');
  await eventually(() => assert.ok(tries.length >= 6, `${tries.length} tries`));
  // The back-off before a try is at least half of 20, 40, 80, 160 and 320 ms.
  const took = (tries[5] ?? 0) - (tries[0] ?? 0);
  assert.ok(took >= 309, `six tries in ${took} ms`);
  const sentTo = async (name: string) => (await one.bus.streams.heads(name)).offsets.gift;
  const gift = (name: string) =>
    acceptPublication({ room: name, type: 'gift', data: 1, id: 'other' }, { types: config.messages.types, maxData: 100, now: Date.now() });
  await one.bus.ingress.publish(others.map(gift));
  await eventually(async () =>
    assert.deepEqual(
      await Promise.all(others.map(sentTo)),
      others.map(() => 1),
    ),
  );
  assert.deepEqual(one.sent, []);
  broken = false;
  await one.publish('c');
  await eventually(() => assert.deepEqual(one.sent, ['a', 'b', 'c']));
});

test('the relay reads up to the backlog cap while commits hang, and continues afterwards', async () => {
  const one = bench();
  const hangs = barrier();
  one.gate.replace('streams.commit', async (commit) => {
    await hangs.opened;
    return one.bus.streams.commit(commit);
  });
  const ids = Array.from({ length: 2_700 }, (_, i) => `m${i}`);
  await one.publish(...ids);
  await one.begin();
  await eventually(async () => assert.equal(await one.value('backlog'), 2_000));
  await turns(50);
  assert.equal(await one.value('backlog'), 2_000);
  hangs.open();
  await eventually(() => assert.equal(one.sent.length, ids.length));
  assert.deepEqual(one.sent, ids);
});

test('a room quiet for a minute is forgotten, and its heads are read again', async () => {
  mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const real = performance.now.bind(performance);
  let ahead = 0;
  mock.method(performance, 'now', () => real() + ahead);
  try {
    const one = bench();
    let asked = 0;
    one.gate.replace('streams.heads', async (name) => {
      asked++;
      return one.bus.streams.heads(name);
    });
    await one.begin();
    const sends = async (...ids: string[]) => {
      await one.publish(ids.at(-1) ?? '');
      for (let i = 0; i < 50 && one.sent.length < ids.length; i++) {
        mock.timers.tick(1);
        await turns(5);
      }
      assert.deepEqual(one.sent, ids);
    };
    await sends('a');
    ahead = 50_000;
    mock.timers.tick(10_000);
    await turns(5);
    await sends('a', 'b');
    assert.equal(asked, 1, 'a room in use is kept');
    ahead = 50_000 + 61_000;
    mock.timers.tick(10_000);
    await turns(5);
    await sends('a', 'b', 'c');
    assert.equal(asked, 2);
    await one.relay?.stop();
  } finally {
    mock.timers.reset();
    mock.restoreAll();
  }
});
