// A commit is atomic, and succeeds only with the current lease and the current heads.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { laneNames, streamLanes } from '@danmux/protocol';
import { eventually } from '@danmux/testkit/unit';
import type { Bus } from '../../src/bus.ts';
import type { BusFrame } from '../../src/contract/frames.ts';
import type { Lease } from '../../src/contract/leases.ts';
import { shardOf } from '../../src/shard.ts';
import { commitOf, type Engine, listenTo, type MakeEngine, message, offsetsOf, owned, readIds } from './case-kit.ts';

export function commitCases(engine: MakeEngine): void {
  describe('commit', () => {
    test('a commit appends messages, removes ingress entries, adds counts and publishes the frame', async () => {
      const made = await engine();
      const { bus, config } = made;
      const frames = await listenTo(bus, 'live:1');
      const elsewhere = await listenTo(bus, 'live:2');
      await bus.ingress.publish(['a', 'b', 'c'].map((id) => message(config, 'live:1', 'gift', id)));
      const lease = await owned(bus, 'live:1', config);
      const commit = await commitOf(made, 'live:1', 'gift', lease);
      assert.deepEqual(await bus.streams.commit(commit), { ok: true });
      assert.deepEqual(await readIds(bus, shardOf('live:1', config.shards), 'gift'), []);
      assert.deepEqual((await bus.streams.heads('live:1')).offsets, { control: 0, gift: 3, chat: 0 });
      assert.deepEqual(offsetsOf(await bus.streams.since('live:1', 'gift', 0, 3, 10)), [1, 2, 3]);
      assert.equal((await bus.ledger.totals()).sequenced.gift, 3);
      await eventually(() => assert.deepEqual(frames, [commit.frame]));
      assert.deepEqual(elsewhere, []);
    });

    test('frames of a room arrive in the order of their commits', async () => {
      const made = await engine();
      const { bus, config } = made;
      const frames = await listenTo(bus, 'live:1');
      const lease = await owned(bus, 'live:1', config);
      for (let i = 0; i < 30; i++) {
        await bus.ingress.publish([message(config, 'live:1', 'chat', `c${i}`)]);
        await bus.streams.commit(await commitOf(made, 'live:1', 'chat', lease));
      }
      await eventually(() => assert.equal(frames.length, 30));
      assert.deepEqual(
        frames.map(({ head }) => head.ranges.chat?.[0]),
        Array.from({ length: 30 }, (_, index) => index + 1),
      );
    });

    test('a commit without a frame publishes nothing, and still removes entries and adds counts', async () => {
      const made = await engine();
      const { bus, config } = made;
      const frames = await listenTo(bus, 'live:1');
      const lease = await owned(bus, 'live:1', config);
      await bus.ingress.publish([message(config, 'live:1', 'chat', 'shed')]);
      const commit = await commitOf(made, 'live:1', 'chat', lease);
      assert.deepEqual(await bus.streams.commit({ ...commit, messages: {}, frame: null, counts: { shed: { chat: { over_budget: 1 } } } }), { ok: true });
      assert.deepEqual((await bus.ledger.totals()).shed.chat, { over_budget: 1 });
      assert.deepEqual(await readIds(bus, shardOf('live:1', config.shards), 'chat'), []);
      // A barrier: this frame arrives, so a frame of the first commit would have arrived before it.
      await bus.ingress.publish([message(config, 'live:1', 'chat', 'barrier')]);
      await bus.streams.commit(await commitOf(made, 'live:1', 'chat', lease));
      await eventually(() => assert.equal(frames.length, 1));
    });

    for (const [how, spoil] of [
      ['was never acquired', async (_bus: Bus, lease: Lease) => ({ ...lease, owner: 'nobody' })],
      [
        'was released',
        async (bus: Bus, lease: Lease) => {
          await bus.leases.release(lease);
          return lease;
        },
      ],
      [
        'passed to another owner',
        async (bus: Bus, lease: Lease) => {
          await bus.leases.release(lease);
          await bus.leases.acquire(lease.name, 'you', 60_000);
          return lease;
        },
      ],
      ['is of another shard', async (bus: Bus, _lease: Lease) => (await bus.leases.acquire('shard:0', 'me', 60_000)) as Lease],
      [
        'ran out',
        async (bus: Bus, lease: Lease) => {
          await bus.leases.renew(lease, 1);
          await eventually(async () => assert.equal(await bus.leases.renew(lease, 1), false));
          return lease;
        },
      ],
    ] as const) {
      test(`a commit under a lease that ${how} is fenced and changes nothing`, async () => {
        const made = await engine();
        const { bus, config } = made;
        const frames = await listenTo(bus, 'live:1');
        assert.notEqual(shardOf('live:1', config.shards), 0);
        await bus.ingress.publish([message(config, 'live:1', 'gift', 'a')]);
        const lease = await spoil(bus, await owned(bus, 'live:1', config));
        const commit = await commitOf(made, 'live:1', 'gift', lease);
        assert.deepEqual(await bus.streams.commit(commit), { ok: false, reason: 'fenced' });
        await mustBeUntouched(made);
        assert.deepEqual(frames, []);
      });
    }

    test('a commit with other heads than the stored ones is refused as moved and changes nothing', async () => {
      const made = await engine();
      const { bus, config } = made;
      await bus.ingress.publish([message(config, 'live:1', 'gift', 'a')]);
      const lease = await owned(bus, 'live:1', config);
      const commit = await commitOf(made, 'live:1', 'gift', lease);
      for (const expected of [
        { ...commit.expected, epoch: 'another' },
        { ...commit.expected, offsets: { ...commit.expected.offsets, gift: 1 } },
        { ...commit.expected, offsets: { ...commit.expected.offsets, chat: 7 } },
      ]) {
        assert.deepEqual(await bus.streams.commit({ ...commit, expected }), { ok: false, reason: 'moved' });
      }
      await mustBeUntouched(made);
    });

    const mustBeUntouched = async ({ bus, config }: Engine) => {
      assert.deepEqual(await readIds(bus, shardOf('live:1', config.shards), 'gift'), ['a']);
      assert.deepEqual((await bus.streams.heads('live:1')).offsets, { control: 0, gift: 0, chat: 0 });
      assert.equal((await bus.ledger.totals()).sequenced.gift, 0);
    };

    test('one of several concurrent commits of the same entries succeeds', async () => {
      const made = await engine();
      const { bus, config } = made;
      await bus.ingress.publish([message(config, 'live:1', 'gift', 'a')]);
      const lease = await owned(bus, 'live:1', config);
      const commit = await commitOf(made, 'live:1', 'gift', lease);
      const results = await Promise.all([bus.streams.commit(commit), bus.streams.commit(commit), bus.streams.commit(commit)]);
      assert.equal(results.filter(({ ok }) => ok).length, 1);
      assert.equal((await bus.streams.heads('live:1')).offsets.gift, 1);
    });

    test('one commit covers all lanes of a room, with shed and unnumbered messages', async () => {
      const made = await engine();
      const { bus, config } = made;
      const shard = shardOf('live:1', config.shards);
      const frames = await listenTo(bus, 'live:1');
      await bus.ingress.publish([
        message(config, 'live:1', 'notice', 'n'),
        message(config, 'live:1', 'gift', 'g'),
        message(config, 'live:1', 'chat', 'c1'),
        message(config, 'live:1', 'chat', 'c2'),
        message(config, 'live:1', 'like', 'l'),
      ]);
      const entries = Object.fromEntries(
        await Promise.all(laneNames.map(async (lane) => [lane, (await bus.ingress.read(shard, lane, undefined, 10)).map(({ entry }) => entry)] as const)),
      );
      const expected = await bus.streams.heads('live:1');
      const frame: BusFrame = {
        head: {
          room: 'live:1',
          epoch: expected.epoch,
          ranges: { control: [1, 1], gift: [1, 1], chat: [1, 1] },
          counts: { control: 1, gift: 1, chat: 1, ambient: 1 },
          characters: { control: 1, gift: 2, chat: 3, ambient: 4 },
          traces: [
            ['n', 'trace "n"'],
            ['g', 'trace\n弹幕'],
          ],
        },
        payload: '{"room":"live:1","msgs":["弹幕 🎁\u2028"]}',
      };
      const counts = { sequenced: { control: 1, gift: 1, chat: 1, ambient: 1 }, shed: { chat: { over_budget: 1 } } };
      const messages = { control: ['{"offset":1,"x":"一"}'], gift: ['{"offset":1}'], chat: ['{"offset":1}'] };
      const lease = await owned(bus, 'live:1', config);
      assert.deepEqual(await bus.streams.commit({ room: 'live:1', lease, expected, messages, entries, frame, counts }), { ok: true });
      for (const lane of laneNames) assert.deepEqual(await readIds(bus, shard, lane), [], lane);
      assert.deepEqual(await bus.streams.heads('live:1'), { epoch: expected.epoch, offsets: { control: 1, gift: 1, chat: 1 } });
      for (const lane of streamLanes) assert.deepEqual(await bus.streams.since('live:1', lane, 0, 9, 9), messages[lane], lane);
      const { accepted, sequenced, shed } = await bus.ledger.totals();
      assert.deepEqual(accepted, { control: 1, gift: 1, chat: 2, ambient: 1 });
      assert.deepEqual(sequenced, counts.sequenced);
      assert.deepEqual(shed, { control: {}, gift: {}, chat: { over_budget: 1 }, ambient: {} });
      await eventually(() => assert.deepEqual(frames, [frame]));
    });

    test('a commit may contain only a frame', async () => {
      const made = await engine();
      const { bus, config } = made;
      const frames = await listenTo(bus, 'live:1');
      const commit = await commitOf(made, 'live:1', 'chat', await owned(bus, 'live:1', config));
      assert.deepEqual(await bus.streams.commit({ ...commit, messages: {}, entries: {}, counts: {} }), { ok: true });
      await eventually(() => assert.deepEqual(frames, [commit.frame]));
      assert.deepEqual((await bus.streams.heads('live:1')).offsets, { control: 0, gift: 0, chat: 0 });
    });

    test('when an old and a new owner commit concurrently, only the new one succeeds', async () => {
      const made = await engine();
      const { bus, config } = made;
      const frames = await listenTo(bus, 'live:1');
      await bus.ingress.publish([message(config, 'live:1', 'gift', 'a')]);
      const old = await owned(bus, 'live:1', config, 'old');
      const late = await commitOf(made, 'live:1', 'gift', old);
      await bus.leases.release(old);
      const fresh = { ...late, lease: await owned(bus, 'live:1', config, 'new') };
      const results = await Promise.all([bus.streams.commit(late), bus.streams.commit(fresh), bus.streams.commit(late)]);
      assert.deepEqual(results, [{ ok: false, reason: 'fenced' }, { ok: true }, { ok: false, reason: 'fenced' }]);
      assert.equal((await bus.streams.heads('live:1')).offsets.gift, 1);
      assert.equal((await bus.ledger.totals()).sequenced.gift, 1);
      await eventually(() => assert.equal(frames.length, 1));
    });

    test('an owner that lost its lease and acquired it again cannot commit under the old lease', async () => {
      const made = await engine();
      const { bus, config } = made;
      await bus.ingress.publish([message(config, 'live:1', 'gift', 'a')]);
      const first = await owned(bus, 'live:1', config, 'me');
      const late = await commitOf(made, 'live:1', 'gift', first);
      await bus.leases.release(first);
      const second = await owned(bus, 'live:1', config, 'me');
      assert.ok(second.token > first.token);
      assert.deepEqual(await bus.streams.commit(late), { ok: false, reason: 'fenced' });
      assert.deepEqual(await bus.streams.commit({ ...late, lease: second }), { ok: true });
    });

    test('concurrent commits to rooms of one shard do not affect each other', async () => {
      const made = await engine();
      const { bus, config } = made;
      const rooms = ['live:1', 'live:29', 'live:50'];
      assert.equal(new Set(rooms.map((room) => shardOf(room, config.shards))).size, 1, 'all are of one shard');
      const seen = await Promise.all(rooms.map((room) => listenTo(bus, room)));
      await bus.ingress.publish(rooms.flatMap((room) => [message(config, room, 'gift', `${room}-1`), message(config, room, 'gift', `${room}-2`)]));
      const lease = await owned(bus, 'live:1', config);
      const commits = await Promise.all(rooms.map((room) => commitOf(made, room, 'gift', lease)));
      assert.deepEqual(
        await Promise.all(commits.map((commit) => bus.streams.commit(commit))),
        rooms.map(() => ({ ok: true })),
      );
      for (const [index, commit] of commits.entries()) {
        assert.deepEqual(await bus.streams.since(commit.room, 'gift', 0, 9, 9), commit.messages.gift);
        await eventually(() => assert.deepEqual(seen[index], [commit.frame]));
      }
      assert.deepEqual(await readIds(bus, shardOf('live:1', config.shards), 'gift'), []);
    });
  });
}
