// A commit happens wholly or not at all, and only under the lease and from the heads the store has.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Bus, Lease } from '../../src/bus.ts';
import { shardOf } from '../../src/shard.ts';
import { eventually } from '../eventually.ts';
import { commitOf, type Engine, listenTo, type MakeEngine, message, offsetsOf, owned, readIds } from './case-kit.ts';

export function commitCases(engine: MakeEngine): void {
  describe('commit', () => {
    test('appends, removes from the ingress, counts and publishes the frame', async () => {
      const made = await engine();
      const { bus, config } = made;
      const frames = await listenTo(bus, 'live:1');
      const elsewhere = await listenTo(bus, 'live:2');
      await bus.publish(['a', 'b', 'c'].map((id) => message(config, 'live:1', 'gift', id)));
      const lease = await owned(bus, 'live:1', config);
      const commit = await commitOf(made, 'live:1', 'gift', lease);
      assert.deepEqual(await bus.commit(commit), { ok: true });
      assert.deepEqual(await readIds(bus, shardOf('live:1', config.shards), 'gift'), []);
      assert.deepEqual((await bus.heads('live:1')).offsets, { control: 0, gift: 3, chat: 0 });
      assert.deepEqual(offsetsOf(await bus.since('live:1', 'gift', 0, 3, 10)), [1, 2, 3]);
      assert.equal((await bus.ledger()).sequenced.gift, 3);
      await eventually(() => assert.deepEqual(frames, [commit.frame]));
      assert.deepEqual(elsewhere, []);
    });

    test('frames of a room arrive in the order of their commits', async () => {
      const made = await engine();
      const { bus, config } = made;
      const frames = await listenTo(bus, 'live:1');
      const lease = await owned(bus, 'live:1', config);
      for (let i = 0; i < 30; i++) {
        await bus.publish([message(config, 'live:1', 'chat', `c${i}`)]);
        await bus.commit(await commitOf(made, 'live:1', 'chat', lease));
      }
      await eventually(() => assert.equal(frames.length, 30));
      assert.deepEqual(
        frames.map(({ head }) => head.ranges.chat?.[0]),
        Array.from({ length: 30 }, (_, index) => index + 1),
      );
    });

    test('without a frame it publishes nothing and still takes the entries and counts', async () => {
      const made = await engine();
      const { bus, config } = made;
      const frames = await listenTo(bus, 'live:1');
      const lease = await owned(bus, 'live:1', config);
      await bus.publish([message(config, 'live:1', 'chat', 'shed')]);
      const commit = await commitOf(made, 'live:1', 'chat', lease);
      assert.deepEqual(await bus.commit({ ...commit, messages: {}, frame: null, counts: { shed: { chat: { over_budget: 1 } } } }), { ok: true });
      assert.deepEqual((await bus.ledger()).shed.chat, { over_budget: 1 });
      assert.deepEqual(await readIds(bus, shardOf('live:1', config.shards), 'chat'), []);
      // A barrier: its frame comes, the other did not.
      await bus.publish([message(config, 'live:1', 'chat', 'barrier')]);
      await bus.commit(await commitOf(made, 'live:1', 'chat', lease));
      await eventually(() => assert.equal(frames.length, 1));
    });

    for (const [how, spoil] of [
      ['was never taken', async (_bus: Bus, lease: Lease) => ({ ...lease, owner: 'nobody' })],
      [
        'was released',
        async (bus: Bus, lease: Lease) => {
          await bus.release(lease);
          return lease;
        },
      ],
      [
        'passed to another owner',
        async (bus: Bus, lease: Lease) => {
          await bus.release(lease);
          await bus.acquire(lease.name, 'you', 60_000);
          return lease;
        },
      ],
      ['is of another shard', async (bus: Bus, _lease: Lease) => (await bus.acquire('shard:0', 'me', 60_000)) as Lease],
      [
        'ran out',
        async (bus: Bus, lease: Lease) => {
          await bus.renew(lease, 1);
          await eventually(async () => assert.equal(await bus.renew(lease, 1), false));
          return lease;
        },
      ],
    ] as const) {
      test(`under a lease that ${how} it is fenced and leaves nothing behind`, async () => {
        const made = await engine();
        const { bus, config } = made;
        const frames = await listenTo(bus, 'live:1');
        assert.notEqual(shardOf('live:1', config.shards), 0);
        await bus.publish([message(config, 'live:1', 'gift', 'a')]);
        const lease = await spoil(bus, await owned(bus, 'live:1', config));
        const commit = await commitOf(made, 'live:1', 'gift', lease);
        assert.deepEqual(await bus.commit(commit), { ok: false, reason: 'fenced' });
        await mustBeUntouched(made);
        assert.deepEqual(frames, []);
      });
    }

    test('from other heads than the store has it is refused as moved and leaves nothing behind', async () => {
      const made = await engine();
      const { bus, config } = made;
      await bus.publish([message(config, 'live:1', 'gift', 'a')]);
      const lease = await owned(bus, 'live:1', config);
      const commit = await commitOf(made, 'live:1', 'gift', lease);
      for (const expected of [
        { ...commit.expected, epoch: 'another' },
        { ...commit.expected, offsets: { ...commit.expected.offsets, gift: 1 } },
        { ...commit.expected, offsets: { ...commit.expected.offsets, chat: 7 } },
      ]) {
        assert.deepEqual(await bus.commit({ ...commit, expected }), { ok: false, reason: 'moved' });
      }
      await mustBeUntouched(made);
    });

    const mustBeUntouched = async ({ bus, config }: Engine) => {
      assert.deepEqual(await readIds(bus, shardOf('live:1', config.shards), 'gift'), ['a']);
      assert.deepEqual((await bus.heads('live:1')).offsets, { control: 0, gift: 0, chat: 0 });
      assert.equal((await bus.ledger()).sequenced.gift, 0);
    };

    test('of two that commit the same entries one succeeds', async () => {
      const made = await engine();
      const { bus, config } = made;
      await bus.publish([message(config, 'live:1', 'gift', 'a')]);
      const lease = await owned(bus, 'live:1', config);
      const commit = await commitOf(made, 'live:1', 'gift', lease);
      const results = await Promise.all([bus.commit(commit), bus.commit(commit), bus.commit(commit)]);
      assert.equal(results.filter(({ ok }) => ok).length, 1);
      assert.equal((await bus.heads('live:1')).offsets.gift, 1);
    });
  });
}
