// What every engine must do, sentence by sentence of the contract in src/bus.ts. Each engine's test file runs it.
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { DanmuxError, type Lane } from '@danmux/protocol';
import type { Config } from '@danmux/runtime';
import { acceptedAt, acceptPublication, numberedMessage } from '../src/accept.ts';
import type { Bus, BusFrame, Commit, Lease, Pending, Publication, Receipt } from '../src/bus.ts';
import { shardLease, shardOf } from '../src/shard.ts';
import { eventually } from './eventually.ts';

export interface Engine {
  readonly bus: Bus;
  readonly config: Config;
  /** Loses all data, as a store that restarts empty. */
  wipe(): Promise<void>;
  close(): Promise<void>;
}

export type MakeEngine = (set?: Readonly<Record<string, unknown>>) => Promise<Engine>;

const types = { gift: 'gift', chat: 'chat', notice: 'control', like: 'ambient' } as const;

export function busConformance(name: string, make: MakeEngine): void {
  describe(`${name} keeps the contract of the bus`, () => {
    let open: Engine[] = [];
    afterEach(async () => {
      await Promise.all(open.map((engine) => engine.close()));
      open = [];
    });
    const engine = async (set?: Readonly<Record<string, unknown>>) => {
      const made = await make(set);
      open.push(made);
      return made;
    };

    const message = (config: Config, room: string, type: keyof typeof types, id?: string): Publication =>
      acceptPublication(
        { room, type, data: { n: id ?? 'x' }, ...(id === undefined ? {} : { id }) },
        { types: config.messages.types, maxData: 1_000, now: 1_700_000_000_000 },
      );

    const readIds = async (bus: Bus, shard: number, lane: Lane) => (await bus.read(shard, lane, undefined, 1_000)).map(({ id }) => id);

    const owned = async (bus: Bus, room: string, config: Config, owner = 'me', ttlMs = 60_000): Promise<Lease> => {
      const lease = await bus.acquire(shardLease(shardOf(room, config.shards)), owner, ttlMs);
      assert.ok(lease, 'the lease was free');
      return lease;
    };

    /** What a relay would commit for what waits of one lane. */
    const commitOf = async (
      { bus, config }: Engine,
      room: string,
      lane: 'control' | 'gift' | 'chat',
      lease: Lease,
      pending?: readonly Pending[],
    ): Promise<Commit> => {
      const waiting = pending ?? (await bus.read(shardOf(room, config.shards), lane, undefined, 1_000)).filter((one) => one.room === room);
      const heads = await bus.heads(room);
      const from = heads.offsets[lane];
      const messages = waiting.map((one, index) => numberedMessage(one, from + index + 1));
      const frame: BusFrame = {
        head: { room, epoch: heads.epoch, ranges: { [lane]: [from + 1, from + messages.length] }, counts: { [lane]: messages.length }, traces: [] },
        payload: `{"room":"${room}","msgs":[${messages.join(',')}]}`,
      };
      return {
        room,
        lease,
        expected: heads,
        messages: { [lane]: messages },
        entries: { [lane]: waiting.map(({ entry }) => entry) },
        frame,
        counts: { sequenced: { [lane]: messages.length } },
      };
    };

    const listenTo = async (bus: Bus, room: string) => {
      const frames: BusFrame[] = [];
      await bus.subscribe(room, { frame: (frame) => frames.push(frame), resumed: () => {} });
      return frames;
    };

    const offsetsOf = (texts: readonly string[]) => texts.map((text) => (JSON.parse(text) as { offset: number }).offset);

    describe('publish', () => {
      test('stores publications in the ingress of their shard, in order per room and lane, and gives a receipt each', async () => {
        const { bus, config } = await engine();
        const ids = Array.from({ length: 20 }, (_, index) => `g${index}`);
        const receipts = await bus.publish(ids.map((id) => message(config, 'live:1', 'gift', id)));
        assert.deepEqual(
          receipts,
          ids.map((id): Receipt => ({ id, duplicate: false })),
        );
        assert.deepEqual(await readIds(bus, shardOf('live:1', config.shards), 'gift'), ids);
        assert.equal((await bus.ledger()).accepted.gift, 20);
      });

      test('one call may reach many rooms and lanes', async () => {
        const { bus, config } = await engine();
        const rooms = Array.from({ length: 50 }, (_, index) => `room-${index}`);
        const receipts = await bus.publish(rooms.flatMap((room) => [message(config, room, 'chat', `${room}-c`), message(config, room, 'like', `${room}-l`)]));
        assert.equal(receipts.filter((receipt) => !(receipt instanceof Error)).length, 100);
        for (const room of rooms) assert.ok((await readIds(bus, shardOf(room, config.shards), 'chat')).includes(`${room}-c`));
      });

      test('what is read is what was accepted', async () => {
        const { bus, config } = await engine();
        const sent = message(config, 'live:1', 'gift', '礼物');
        await bus.publish([{ ...sent, trace: 'trace-1' }]);
        const [read] = await bus.read(shardOf('live:1', config.shards), 'gift', undefined, 10);
        assert.deepEqual({ ...read, entry: '' }, { room: 'live:1', lane: 'gift', id: '礼物', body: sent.body, trace: 'trace-1', entry: '' });
        assert.equal(acceptedAt(sent), 1_700_000_000_000);
      });

      test('the same dedupe key is one message: later, at once, and inside one call; the first id is told', async () => {
        const { bus, config } = await engine();
        const first = { ...message(config, 'live:1', 'chat', 'first'), dedupeKey: 'ann 1' };
        const again = { ...message(config, 'live:1', 'chat', 'second'), dedupeKey: 'ann 1' };
        assert.deepEqual(await bus.publish([first, again]), [
          { id: 'first', duplicate: false },
          { id: 'first', duplicate: true },
        ]);
        const many = await Promise.all(Array.from({ length: 10 }, () => bus.publish([again])));
        assert.ok(many.flat().every((receipt) => !(receipt instanceof Error) && receipt.duplicate && receipt.id === 'first'));
        const raced = await Promise.all(Array.from({ length: 10 }, () => bus.publish([message(config, 'live:1', 'gift', 'g')])));
        assert.equal(raced.flat().filter((receipt) => !(receipt instanceof Error) && !receipt.duplicate).length, 1);
        assert.deepEqual(await readIds(bus, shardOf('live:1', config.shards), 'chat'), ['first']);
        assert.equal((await bus.ledger()).accepted.chat, 1);
      });

      test('the same key in another room is another message, and a key is forgotten after its time', async () => {
        const { bus, config } = await engine({ 'messages.dedupe_gift_ms': 150 });
        const [one, other] = await bus.publish([message(config, 'live:1', 'gift', 'g'), message(config, 'live:2', 'gift', 'g')]);
        assert.deepEqual(
          [one, other],
          [
            { id: 'g', duplicate: false },
            { id: 'g', duplicate: false },
          ],
        );
        await eventually(async () => assert.deepEqual(await bus.publish([message(config, 'live:1', 'gift', 'g')]), [{ id: 'g', duplicate: false }]));
      });

      test('a full lane that guarantees refuses with lane_full, and only what did not fit', async () => {
        const { bus, config } = await engine({ 'relay.ingress_gift': 3 });
        const results = await bus.publish(['a', 'b', 'c', 'd'].map((id) => message(config, 'live:1', 'gift', id)));
        assert.deepEqual(
          results.slice(0, 3),
          ['a', 'b', 'c'].map((id) => ({ id, duplicate: false })),
        );
        const refused = results[3];
        assert.ok(refused instanceof DanmuxError && refused.code === 'lane_full' && refused.retryAfterMs !== undefined);
        const ledger = await bus.ledger();
        assert.equal(ledger.accepted.gift, 3);
        assert.deepEqual(ledger.shed.gift, {});
        // What was refused is no duplicate once there is room.
        const lease = await owned(bus, 'live:1', config);
        await bus.commit(await commitOf({ bus, config } as Engine, 'live:1', 'gift', lease));
        assert.deepEqual(await bus.publish([message(config, 'live:1', 'gift', 'd')]), [{ id: 'd', duplicate: false }]);
      });

      test('a full lane that may shed drops its oldest and counts it', async () => {
        const { bus, config } = await engine({ 'relay.ingress_chat': 3 });
        await bus.publish(['a', 'b', 'c', 'd', 'e'].map((id) => message(config, 'live:1', 'chat', id)));
        assert.deepEqual(await readIds(bus, shardOf('live:1', config.shards), 'chat'), ['c', 'd', 'e']);
        assert.deepEqual((await bus.ledger()).shed.chat, { ingress_full: 2 });
        assert.equal((await bus.ledger()).accepted.chat, 5);
      });

      test('what was dropped but had been read and is sent all the same counts as sent, not as shed', async () => {
        const made = await engine({ 'relay.ingress_chat': 2 });
        const { bus, config } = made;
        await bus.publish(['a', 'b'].map((id) => message(config, 'live:1', 'chat', id)));
        const lease = await owned(bus, 'live:1', config);
        const commit = await commitOf(made, 'live:1', 'chat', lease);
        await bus.publish([message(config, 'live:1', 'chat', 'c')]);
        assert.deepEqual((await bus.ledger()).shed.chat, { ingress_full: 1 });
        assert.deepEqual(await bus.commit(commit), { ok: true });
        const { accepted, sequenced, shed } = await bus.ledger();
        assert.deepEqual([accepted.chat, sequenced.chat, shed.chat], [3, 2, {}]);
        assert.deepEqual(await readIds(bus, shardOf('live:1', config.shards), 'chat'), ['c']);
      });
    });

    describe('read and listen', () => {
      test('reading removes nothing, goes on after a cursor and stops at the limit', async () => {
        const { bus, config } = await engine();
        const shard = shardOf('live:1', config.shards);
        await bus.publish(['a', 'b', 'c', 'd'].map((id) => message(config, 'live:1', 'gift', id)));
        const first = await bus.read(shard, 'gift', undefined, 2);
        assert.deepEqual(
          first.map(({ id }) => id),
          ['a', 'b'],
        );
        const rest = await bus.read(shard, 'gift', first.at(-1)?.entry, 10);
        assert.deepEqual(
          rest.map(({ id }) => id),
          ['c', 'd'],
        );
        assert.deepEqual(await bus.read(shard, 'gift', rest.at(-1)?.entry, 10), []);
        assert.deepEqual(await readIds(bus, shard, 'gift'), ['a', 'b', 'c', 'd']);
        assert.deepEqual(await readIds(bus, shard, 'chat'), []);
      });

      test('a listener of the shard is rung, one that closed is not', async () => {
        const { bus, config } = await engine();
        const shard = shardOf('live:1', config.shards);
        let kept = 0;
        let closed = 0;
        await bus.listen(shard, () => kept++);
        const subscription = await bus.listen(shard, () => closed++);
        await bus.publish([message(config, 'live:1', 'gift', 'a')]);
        await eventually(() => assert.equal(kept, 1));
        await subscription.close();
        const before = closed;
        await bus.publish([message(config, 'live:1', 'gift', 'b')]);
        await eventually(() => assert.equal(kept, 2));
        assert.equal(closed, before);
      });
    });

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

    describe('streams', () => {
      const filled = async (lane: 'gift' | 'chat', count: number) => {
        const made = await engine();
        const { bus, config } = made;
        const lease = await owned(bus, 'live:1', config);
        for (let from = 0; from < count; from += 100) {
          await bus.publish(Array.from({ length: Math.min(100, count - from) }, (_, index) => message(config, 'live:1', lane, `${lane}-${from + index + 1}`)));
          assert.deepEqual(await bus.commit(await commitOf(made, 'live:1', lane, lease)), { ok: true });
        }
        return made;
      };

      test('heads of a room stay what they are until something is committed', async () => {
        const { bus } = await engine();
        const first = await bus.heads('live:1');
        assert.deepEqual(first.offsets, { control: 0, gift: 0, chat: 0 });
        assert.ok(first.epoch.length > 0);
        assert.deepEqual(await bus.heads('live:1'), first);
        assert.notEqual((await bus.heads('live:2')).epoch, first.epoch);
      });

      test('since gives what lies between two offsets, lowest first, up to the limit', async () => {
        const { bus } = await filled('gift', 20);
        assert.deepEqual(offsetsOf(await bus.since('live:1', 'gift', 5, 9, 100)), [6, 7, 8, 9]);
        assert.deepEqual(offsetsOf(await bus.since('live:1', 'gift', 5, 20, 3)), [6, 7, 8]);
        assert.deepEqual(await bus.since('live:1', 'gift', 20, 20, 10), []);
        assert.deepEqual(await bus.since('live:1', 'chat', 0, 20, 10), []);
        assert.deepEqual(await bus.since('live:9', 'gift', 0, 20, 10), []);
      });

      test('history gives pages from the newest back, lowest first in the page', async () => {
        const { bus } = await filled('gift', 25);
        const newest = await bus.history('live:1', 'gift', undefined, 10);
        assert.deepEqual([offsetsOf(newest.msgs), newest.more], [Array.from({ length: 10 }, (_, index) => index + 16), true]);
        const last = await bus.history('live:1', 'gift', 6, 10);
        assert.deepEqual([offsetsOf(last.msgs), last.more], [[1, 2, 3, 4, 5], false]);
        assert.deepEqual(await bus.history('live:9', 'gift', undefined, 10), { msgs: [], more: false });
      });

      test('a lane keeps at least its size and forgets the oldest', async () => {
        const { bus } = await filled('chat', 900);
        const kept = await bus.since('live:1', 'chat', 0, 900, 1_000);
        assert.ok(kept.length >= 200 && kept.length < 500, `${kept.length} are kept`);
        assert.equal(offsetsOf(kept).at(-1), 900);
      });

      test('a store that lost everything begins a new epoch, and nothing numbered before can be written', async () => {
        const made = await filled('gift', 3);
        const { bus, config } = made;
        const before = await bus.heads('live:1');
        await made.wipe();
        const after = await bus.heads('live:1');
        assert.notEqual(after.epoch, before.epoch);
        assert.deepEqual(after.offsets, { control: 0, gift: 0, chat: 0 });
        const lease = await owned(bus, 'live:1', config, 'you');
        const result = await bus.commit({ room: 'live:1', lease, expected: before, messages: { gift: ['{}'] }, entries: {}, frame: null, counts: {} });
        assert.deepEqual(result, { ok: false, reason: 'moved' });
        assert.deepEqual(await bus.since('live:1', 'gift', 0, 10, 10), []);
      });
    });

    describe('leases', () => {
      test('one owner at a time; the same owner gets its own again; the token grows with every new owner', async () => {
        const { bus } = await engine();
        const mine = await bus.acquire('boss', 'me', 60_000);
        assert.equal(await bus.acquire('boss', 'you', 60_000), null);
        assert.deepEqual(await bus.acquire('boss', 'me', 60_000), mine);
        assert.ok(mine);
        await bus.release(mine);
        const yours = await bus.acquire('boss', 'you', 60_000);
        assert.ok(yours && yours.token > mine.token);
        assert.equal(await bus.renew(mine, 60_000), false);
        assert.equal(await bus.renew(yours, 60_000), true);
      });

      test('a lease ends by itself, unless it is renewed', async () => {
        const { bus } = await engine();
        const lease = await bus.acquire('boss', 'me', 200);
        assert.ok(lease);
        assert.equal(await bus.renew(lease, 60_000), true);
        const short = await bus.acquire('clerk', 'me', 50);
        assert.ok(short);
        await eventually(async () => assert.notEqual(await bus.acquire('clerk', 'you', 60_000), null));
        assert.equal(await bus.renew(short, 60_000), false);
        assert.equal(await bus.acquire('boss', 'you', 60_000), null);
      });

      test("releasing what is another's does nothing; releasing one's own tells who waits", async () => {
        const { bus } = await engine();
        const freed: string[] = [];
        await bus.onFreed((name) => freed.push(name));
        const lease = await bus.acquire('boss', 'me', 60_000);
        assert.ok(lease);
        await bus.release({ ...lease, owner: 'you' });
        assert.equal(await bus.acquire('boss', 'you', 60_000), null);
        await bus.release(lease);
        await eventually(() => assert.deepEqual(freed, ['boss']));
      });

      test('of many who want one lease one gets it', async () => {
        const { bus } = await engine();
        const got = await Promise.all(Array.from({ length: 20 }, (_, index) => bus.acquire('boss', `owner-${index}`, 60_000)));
        assert.equal(got.filter(Boolean).length, 1);
      });
    });

    describe('presence', () => {
      const onlineOf = (pulses: ReadonlyMap<string, { online: number }>) => new Map([...pulses].map(([name, { online }]) => [name, online]));

      test('counts add up over edges, replace each other per edge, and 0 removes', async () => {
        const { bus } = await engine();
        assert.deepEqual(
          onlineOf(
            await bus.reportPresence(
              'e1',
              new Map([
                ['a', 3],
                ['b', 1],
              ]),
              60_000,
            ),
          ),
          new Map([
            ['a', 3],
            ['b', 1],
          ]),
        );
        assert.deepEqual(onlineOf(await bus.reportPresence('e2', new Map([['a', 4]]), 60_000)), new Map([['a', 7]]));
        assert.deepEqual(onlineOf(await bus.reportPresence('e1', new Map([['a', 1]]), 60_000)), new Map([['a', 5]]));
        assert.equal(await bus.online('a'), 5);
        assert.deepEqual(await bus.presenceTotals(), { rooms: 2, online: 6 });
        assert.deepEqual(
          onlineOf(
            await bus.reportPresence(
              'e1',
              new Map([
                ['a', 0],
                ['b', 0],
              ]),
              60_000,
            ),
          ),
          new Map([
            ['a', 4],
            ['b', 0],
          ]),
        );
        assert.equal(await bus.online('b'), 0);
        assert.deepEqual(await bus.presenceTotals(), { rooms: 1, online: 4 });
        assert.equal(await bus.online('nobody-was-here'), 0);
      });

      test('an edge that reports no more is counted out, and swept', async () => {
        const { bus } = await engine();
        await bus.reportPresence(
          'dead',
          new Map([
            ['a', 9],
            ['b', 2],
          ]),
          100,
        );
        await bus.reportPresence('alive', new Map([['a', 1]]), 60_000);
        await eventually(async () => assert.equal(await bus.online('a'), 1));
        assert.ok((await bus.sweep()).presence >= 1);
        assert.deepEqual(await bus.presenceTotals(), { rooms: 1, online: 1 });
      });

      test('many rooms at once', async () => {
        const { bus } = await engine();
        const counts = new Map(Array.from({ length: 2_000 }, (_, index) => [`room-${index}`, (index % 5) + 1]));
        assert.deepEqual(new Map([...onlineOf(await bus.reportPresence('e1', counts, 60_000))].sort()), new Map([...counts].sort()));
        assert.deepEqual(await bus.presenceTotals(), { rooms: 2_000, online: 6_000 });
      });
    });

    test('a pulse carries the heads of the room, null where there are none', async () => {
      const made = await engine();
      const { bus, config } = made;
      assert.equal((await bus.reportPresence('e1', new Map([['live:1', 1]]), 60_000)).get('live:1')?.heads, null);
      await bus.publish([message(config, 'live:1', 'gift', 'a')]);
      await bus.commit(await commitOf(made, 'live:1', 'gift', await owned(bus, 'live:1', config)));
      assert.deepEqual((await bus.reportPresence('e1', new Map([['live:1', 1]]), 60_000)).get('live:1')?.heads, await bus.heads('live:1'));
    });

    test('members announce themselves, leave, and end by themselves', async () => {
      const { bus } = await engine();
      const edge = { id: 'e', role: 'edge', address: '127.0.0.1:7700', version: '1.0.0', load: 0.25 };
      const relay = { id: 'r', role: 'relay', address: '', version: '1.0.0', load: 0 };
      await bus.announce(edge, 60_000);
      await bus.announce({ ...edge, load: 0.5 }, 60_000);
      await bus.announce(relay, 100);
      assert.deepEqual(
        (await bus.members()).find(({ id }) => id === 'e'),
        { ...edge, load: 0.5 },
      );
      await eventually(async () =>
        assert.deepEqual(
          (await bus.members()).map(({ id }) => id),
          ['e'],
        ),
      );
      await bus.leave('e');
      assert.deepEqual(await bus.members(), []);
    });

    test('an idempotency key is claimed once, keeps its answer, refuses another body, and can be forgotten', async () => {
      const { bus } = await engine();
      const begun = await Promise.all(Array.from({ length: 5 }, () => bus.begin('k', 'body')));
      assert.deepEqual(begun.map(({ state }) => state).sort(), ['in_flight', 'in_flight', 'in_flight', 'in_flight', 'started']);
      assert.deepEqual(await bus.begin('k', 'other body'), { state: 'mismatch' });
      await bus.finish('k', 'body', '{"答":1}', 60_000);
      assert.deepEqual(await bus.begin('k', 'body'), { state: 'done', answer: '{"答":1}' });
      assert.deepEqual(await bus.begin('k', 'other body'), { state: 'mismatch' });
      await bus.forget('k');
      assert.deepEqual(await bus.begin('k', 'other body'), { state: 'started' });
      await bus.finish('short', 'body', 'x', 50);
      await eventually(async () => assert.deepEqual(await bus.begin('short', 'body'), { state: 'started' }));
    });

    test('a subscriber that throws harms nobody else', async () => {
      const made = await engine();
      const { bus, config } = made;
      await bus.subscribe('live:1', {
        frame: () => {
          throw new Error('mine');
        },
        resumed: () => {},
      });
      const frames = await listenTo(bus, 'live:1');
      const lease = await owned(bus, 'live:1', config);
      await bus.publish([message(config, 'live:1', 'gift', 'a')]);
      await bus.commit(await commitOf(made, 'live:1', 'gift', lease));
      await eventually(() => assert.equal(frames.length, 1));
    });

    test('a closed subscription gets nothing more, another of the room does', async () => {
      const made = await engine();
      const { bus, config } = made;
      const gone: BusFrame[] = [];
      const subscription = await bus.subscribe('live:1', { frame: (frame) => gone.push(frame), resumed: () => {} });
      const frames = await listenTo(bus, 'live:1');
      await subscription.close();
      const lease = await owned(bus, 'live:1', config);
      await bus.publish([message(config, 'live:1', 'gift', 'a')]);
      await bus.commit(await commitOf(made, 'live:1', 'gift', lease));
      await eventually(() => assert.equal(frames.length, 1));
      assert.deepEqual(gone, []);
    });

    test('health resolves while the store answers', async () => {
      const { bus } = await engine();
      await bus.health();
    });
  });
}
