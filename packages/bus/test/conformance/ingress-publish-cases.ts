// Publications are stored in order, without duplicates, up to the cap of their lane.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { eventually } from '@danmux/testkit/unit';
import { acceptedAt } from '../../src/accept.ts';
import type { PublishResult } from '../../src/contract/ingress.ts';
import { shardOf } from '../../src/shard.ts';
import { commitOf, type Engine, type MakeEngine, message, owned, readIds } from './case-kit.ts';

export function publishCases(engine: MakeEngine): void {
  describe('publish', () => {
    test('publish stores publications in the ingress of their shard, in order per room and lane, and returns one result each', async () => {
      const { bus, config } = await engine();
      const ids = Array.from({ length: 20 }, (_, index) => `g${index}`);
      const receipts = await bus.ingress.publish(ids.map((id) => message(config, 'live:1', 'gift', id)));
      assert.deepEqual(
        receipts,
        ids.map((id): PublishResult => ({ id, duplicate: false })),
      );
      assert.deepEqual(await readIds(bus, shardOf('live:1', config.shards), 'gift'), ids);
      assert.equal((await bus.ledger.totals()).accepted.gift, 20);
    });

    test('one call may publish to many rooms and lanes', async () => {
      const { bus, config } = await engine();
      const rooms = Array.from({ length: 50 }, (_, index) => `room-${index}`);
      const receipts = await bus.ingress.publish(
        rooms.flatMap((room) => [message(config, room, 'chat', `${room}-c`), message(config, room, 'like', `${room}-l`)]),
      );
      assert.equal(receipts.filter((receipt) => !(receipt instanceof Error)).length, 100);
      for (const room of rooms) assert.ok((await readIds(bus, shardOf(room, config.shards), 'chat')).includes(`${room}-c`));
    });

    test('read returns publications with all their fields', async () => {
      const { bus, config } = await engine();
      const sent = message(config, 'live:1', 'gift', '礼物');
      await bus.ingress.publish([{ ...sent, trace: 'trace-1' }]);
      const [read] = await bus.ingress.read(shardOf('live:1', config.shards), 'gift', undefined, 10);
      assert.deepEqual({ ...read, entry: '' }, { room: 'live:1', lane: 'gift', id: '礼物', body: sent.body, trace: 'trace-1', entry: '' });
      assert.equal(acceptedAt(sent), 1_700_000_000_000);
    });

    test('a second publication with the same dedupe key is a duplicate, in later, concurrent and single calls; its result has the first id', async () => {
      const { bus, config } = await engine();
      const first = { ...message(config, 'live:1', 'chat', 'first'), dedupeKey: 'ann 1' };
      const again = { ...message(config, 'live:1', 'chat', 'second'), dedupeKey: 'ann 1' };
      assert.deepEqual(await bus.ingress.publish([first, again]), [
        { id: 'first', duplicate: false },
        { id: 'first', duplicate: true },
      ]);
      const many = await Promise.all(Array.from({ length: 10 }, () => bus.ingress.publish([again])));
      assert.ok(many.flat().every((receipt) => !(receipt instanceof Error) && receipt.duplicate && receipt.id === 'first'));
      const raced = await Promise.all(Array.from({ length: 10 }, () => bus.ingress.publish([message(config, 'live:1', 'gift', 'g')])));
      assert.equal(raced.flat().filter((receipt) => !(receipt instanceof Error) && !receipt.duplicate).length, 1);
      assert.deepEqual(await readIds(bus, shardOf('live:1', config.shards), 'chat'), ['first']);
      assert.equal((await bus.ledger.totals()).accepted.chat, 1);
    });

    test('the same dedupe key with another digest is refused as duplicate_id; without a digest it is a duplicate', async () => {
      const { bus, config } = await engine();
      const first = { ...message(config, 'live:1', 'gift', 'order-1'), digest: 'aaaaaaaaaaa' };
      const { digest: _, ...plain } = first;
      const [stored, again, other, older] = await bus.ingress.publish([first, first, { ...first, digest: 'bbbbbbbbbbb' }, plain]);
      assert.deepEqual(
        [stored, again, older],
        [
          { id: 'order-1', duplicate: false },
          { id: 'order-1', duplicate: true },
          { id: 'order-1', duplicate: true },
        ],
      );
      assert.ok(other instanceof DanmuxError && other.code === 'duplicate_id', String(other));
      assert.deepEqual(await readIds(bus, shardOf('live:1', config.shards), 'gift'), ['order-1']);
      assert.equal((await bus.ledger.totals()).accepted.gift, 1);
      // A key stored without a digest, as processes of an older version do, counts as equal.
      const unmarked = message(config, 'live:1', 'gift', 'order-2');
      await bus.ingress.publish([unmarked]);
      assert.deepEqual(await bus.ingress.publish([{ ...unmarked, digest: 'aaaaaaaaaaa' }]), [{ id: 'order-2', duplicate: true }]);
      // The same id in another room is another message.
      assert.deepEqual(await bus.ingress.publish([{ ...message(config, 'live:2', 'gift', 'order-1'), digest: 'bbbbbbbbbbb' }]), [
        { id: 'order-1', duplicate: false },
      ]);
    });

    test('a dedupe key applies to one room and expires', async () => {
      const { bus, config } = await engine({ 'messages.dedupe_gift_ms': 150 });
      const [one, other] = await bus.ingress.publish([message(config, 'live:1', 'gift', 'g'), message(config, 'live:2', 'gift', 'g')]);
      assert.deepEqual(
        [one, other],
        [
          { id: 'g', duplicate: false },
          { id: 'g', duplicate: false },
        ],
      );
      await eventually(async () => assert.deepEqual(await bus.ingress.publish([message(config, 'live:1', 'gift', 'g')]), [{ id: 'g', duplicate: false }]));
    });

    test('a full guaranteed lane refuses with lane_full only the publications that do not fit', async () => {
      const { bus, config } = await engine({ 'relay.ingress_gift': 3 });
      const results = await bus.ingress.publish(['a', 'b', 'c', 'd'].map((id) => message(config, 'live:1', 'gift', id)));
      assert.deepEqual(
        results.slice(0, 3),
        ['a', 'b', 'c'].map((id) => ({ id, duplicate: false })),
      );
      const refused = results[3];
      assert.ok(refused instanceof DanmuxError && refused.code === 'lane_full' && refused.retryAfterMs !== undefined);
      const ledger = await bus.ledger.totals();
      assert.equal(ledger.accepted.gift, 3);
      assert.deepEqual(ledger.shed.gift, {});
      // A refused publication is not a duplicate when it is sent again.
      const lease = await owned(bus, 'live:1', config);
      await bus.streams.commit(await commitOf({ bus, config } as Engine, 'live:1', 'gift', lease));
      assert.deepEqual(await bus.ingress.publish([message(config, 'live:1', 'gift', 'd')]), [{ id: 'd', duplicate: false }]);
    });

    test('a full lane that may shed drops its oldest entry and counts it as shed', async () => {
      const { bus, config } = await engine({ 'relay.ingress_chat': 3 });
      await bus.ingress.publish(['a', 'b', 'c', 'd', 'e'].map((id) => message(config, 'live:1', 'chat', id)));
      assert.deepEqual(await readIds(bus, shardOf('live:1', config.shards), 'chat'), ['c', 'd', 'e']);
      assert.deepEqual((await bus.ledger.totals()).shed.chat, { ingress_full: 2 });
      assert.equal((await bus.ledger.totals()).accepted.chat, 5);
    });

    test('an entry dropped after the relay read it, and then committed, does not count as shed', async () => {
      const made = await engine({ 'relay.ingress_chat': 2 });
      const { bus, config } = made;
      await bus.ingress.publish(['a', 'b'].map((id) => message(config, 'live:1', 'chat', id)));
      const lease = await owned(bus, 'live:1', config);
      const commit = await commitOf(made, 'live:1', 'chat', lease);
      await bus.ingress.publish([message(config, 'live:1', 'chat', 'c')]);
      assert.deepEqual((await bus.ledger.totals()).shed.chat, { ingress_full: 1 });
      assert.deepEqual(await bus.streams.commit(commit), { ok: true });
      const { accepted, sequenced, shed } = await bus.ledger.totals();
      assert.deepEqual([accepted.chat, sequenced.chat, shed.chat], [3, 2, {}]);
      assert.deepEqual(await readIds(bus, shardOf('live:1', config.shards), 'chat'), ['c']);
    });

    test('publishing nothing returns no results', async () => {
      const { bus } = await engine();
      assert.deepEqual(await bus.ingress.publish([]), []);
    });

    test('a call with hundreds of publications keeps their order, and results are in the same order', async () => {
      const { bus, config } = await engine();
      const sent = Array.from({ length: 950 }, (_, index) => message(config, index % 3 === 0 ? 'live:1' : `room-${index}`, 'gift', `g${index}`));
      const results = await bus.ingress.publish(sent);
      assert.deepEqual(
        results,
        sent.map(({ id }): PublishResult => ({ id, duplicate: false })),
      );
      const stored = (await bus.ingress.read(shardOf('live:1', config.shards), 'gift', undefined, 1_000)).filter(({ room }) => room === 'live:1');
      assert.deepEqual(
        stored.map(({ id }) => id),
        sent.filter(({ room }) => room === 'live:1').map(({ id }) => id),
      );
    });

    test('without a dedupe key the same publication is stored each time', async () => {
      const { bus, config } = await engine();
      const like = message(config, 'live:1', 'like');
      assert.equal(like.dedupeKey, undefined);
      const results = await bus.ingress.publish([like, like]);
      await bus.ingress.publish([like]);
      assert.deepEqual(results, [
        { id: like.id, duplicate: false },
        { id: like.id, duplicate: false },
      ]);
      assert.equal((await bus.ledger.totals()).accepted.ambient, 3);
    });

    test('room and dedupe key are never confused, whatever characters they contain', async () => {
      const { bus, config } = await engine();
      const [room, longer] = ['live', 'live:22'];
      assert.equal(shardOf(room, config.shards), shardOf(longer, config.shards), 'both rooms are of one shard');
      const results = await bus.ingress.publish([message(config, room, 'gift', '22:g'), message(config, longer, 'gift', 'g')]);
      assert.deepEqual(results, [
        { id: '22:g', duplicate: false },
        { id: 'g', duplicate: false },
      ]);
    });

    test('a full lane recognises duplicates, and a partly refused call stores the rest', async () => {
      const { bus, config } = await engine({ 'relay.ingress_gift': 2 });
      await bus.ingress.publish(['a', 'b'].map((id) => message(config, 'live:1', 'gift', id)));
      const results = await bus.ingress.publish([
        message(config, 'live:1', 'chat', 'c'),
        message(config, 'live:1', 'gift', 'x'),
        message(config, 'live:1', 'gift', 'a'),
        message(config, 'live:1', 'notice', 'n'),
        message(config, 'live:2', 'gift', 'g'),
      ]);
      assert.deepEqual(
        results.map((result) => (result instanceof DanmuxError ? result.code : result)),
        [{ id: 'c', duplicate: false }, 'lane_full', { id: 'a', duplicate: true }, { id: 'n', duplicate: false }, { id: 'g', duplicate: false }],
      );
      const { accepted } = await bus.ledger.totals();
      assert.deepEqual([accepted.control, accepted.gift, accepted.chat], [1, 3, 1]);
    });

    test('the control lane refuses at its cap and never sheds', async () => {
      const { bus, config } = await engine({ 'relay.ingress_gift': 2 });
      const results = await bus.ingress.publish(['a', 'b', 'c'].map((id) => message(config, 'live:1', 'notice', id)));
      assert.deepEqual(
        results.map((result) => (result instanceof DanmuxError ? result.code : 'stored')),
        ['stored', 'stored', 'lane_full'],
      );
      assert.deepEqual(await readIds(bus, shardOf('live:1', config.shards), 'control'), ['a', 'b']);
    });

    test('with concurrent publishers accepted equals waiting plus shed exactly', async () => {
      const { bus, config } = await engine({ 'relay.ingress_chat': 20, 'relay.ingress_ambient': 7 });
      await Promise.all(
        Array.from({ length: 10 }, (_, call) =>
          bus.ingress.publish(
            Array.from({ length: 30 }, (_, index) =>
              message(config, index % 2 === 0 ? 'live:1' : 'live:29', index % 3 === 0 ? 'like' : 'chat', `m${call}-${index}`),
            ),
          ),
        ),
      );
      assert.equal(shardOf('live:1', config.shards), shardOf('live:29', config.shards), 'both rooms are of one shard');
      const { accepted, shed } = await bus.ledger.totals();
      assert.deepEqual([accepted.chat, accepted.ambient], [200, 100]);
      assert.deepEqual([shed.chat, shed.ambient], [{ ingress_full: 180 }, { ingress_full: 93 }]);
      const shard = shardOf('live:1', config.shards);
      assert.deepEqual([(await readIds(bus, shard, 'chat')).length, (await readIds(bus, shard, 'ambient')).length], [20, 7]);
    });
  });
}
