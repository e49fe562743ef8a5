// A store that lost writes: a claim reveals it, and the room continues with the surviving messages under a new epoch. No other claim begins one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { claimOf, goesOnAfter } from '../../src/lineage.ts';
import { commitOf, type MakeEngine, message, offsetsOf, owned } from './case-kit.ts';

const room = 'live:1';

export function epochCases(engine: MakeEngine): void {
  describe('epochs', () => {
    const made = async () => {
      const one = await engine();
      const { bus, config } = one;
      const lease = await owned(bus, room, config);
      let number = 0;
      const gifts = async (count: number) => {
        await bus.ingress.publish(Array.from({ length: count }, () => message(config, room, 'gift', `g${++number}`)));
        assert.deepEqual(await bus.streams.commit(await commitOf(one, room, 'gift', lease)), { ok: true });
        return bus.streams.heads(room);
      };
      return { ...one, lease, gifts };
    };

    test('heads behind the claimed ones fork: surviving messages stay, offsets continue, and forks names the old epoch', async () => {
      const { bus, gifts, rollBack } = await made();
      const five = await gifts(5);
      const ten = await gifts(5);
      await rollBack(room, five);
      const forked = await bus.streams.heads(room, { known: ten });
      assert.notEqual(forked.epoch, ten.epoch);
      assert.deepEqual([forked.offsets, forked.forks], [five.offsets, [{ epoch: ten.epoch, offsets: five.offsets }]]);
      assert.deepEqual(await bus.streams.heads(room), forked, 'every reader sees the new epoch');
      assert.deepEqual(await bus.streams.heads(room, { known: ten }), forked, 'a second claim begins no further epoch');
      assert.deepEqual((await gifts(2)).offsets.gift, 7);
      assert.deepEqual(offsetsOf(await bus.streams.since(room, 'gift', 0, 10, 10)), [1, 2, 3, 4, 5, 6, 7]);
      assert.equal(goesOnAfter(forked, 'gift', ten.epoch, 10), 5);
      assert.equal(goesOnAfter(forked, 'gift', ten.epoch, 3), 3);
      assert.equal(goesOnAfter(forked, 'gift', 'another', 3), 5);
    });

    test('a commit numbered from the heads before a fork is refused', async () => {
      const one = await made();
      const { bus, gifts, lease, rollBack } = one;
      const five = await gifts(5);
      await rollBack(room, five);
      const stale = await commitOf(one, room, 'gift', lease);
      await bus.streams.heads(room, { known: { ...five, offsets: { ...five.offsets, gift: 6 } } });
      assert.deepEqual(await bus.streams.commit(stale), { ok: false, reason: 'moved' });
    });

    test('heads of an epoch that has ended begin a new epoch', async () => {
      const { bus, gifts, rollBack } = await made();
      const old = await gifts(3);
      await rollBack(room, { ...old, offsets: { ...old.offsets, gift: 2 } });
      const second = await bus.streams.heads(room, { known: old });
      await rollBack(room, old);
      const third = await bus.streams.heads(room, claimOf(second, []));
      assert.ok(third.epoch !== old.epoch && third.epoch !== second.epoch);
      assert.deepEqual(
        third.forks?.map(({ epoch }) => epoch),
        [old.epoch],
      );
      await rollBack(room, old);
      const fourth = await bus.streams.heads(room, { ended: [old.epoch] });
      assert.notEqual(fourth.epoch, old.epoch);
    });

    test('a claim that is not ahead of the heads begins no epoch, nor does an empty one', async () => {
      const { bus, gifts } = await made();
      const first = await bus.streams.heads(room, {});
      const three = await gifts(3);
      assert.equal(three.epoch, first.epoch);
      for (const claim of [{}, { known: first }, { known: three }, { known: three, ended: ['another'] }, { known: { ...three, epoch: 'x' } }])
        assert.deepEqual(await bus.streams.heads(room, claim), three);
    });

    test('lost heads begin a new epoch with offsets 0 and no forks', async () => {
      const { bus, gifts, wipe } = await made();
      const five = await gifts(5);
      await wipe();
      const fresh = await bus.streams.heads(room, { known: five });
      assert.notEqual(fresh.epoch, five.epoch);
      assert.deepEqual([fresh.offsets.gift, fresh.forks], [0, undefined]);
      assert.equal(goesOnAfter(fresh, 'gift', five.epoch, 5), 0);
    });

    test('concurrent claims all get the same new epoch', async () => {
      const { bus, gifts, rollBack } = await made();
      const five = await gifts(5);
      const ten = await gifts(5);
      await rollBack(room, five);
      const answers = await Promise.all(Array.from({ length: 10 }, () => bus.streams.heads(room, { known: ten })));
      assert.equal(new Set(answers.map(({ epoch }) => epoch)).size, 1);
    });

    test('forks keeps the last eight epochs', async () => {
      const { bus, gifts, rollBack } = await made();
      let heads = await gifts(20);
      const epochs = [heads.epoch];
      for (let offset = 19; offset >= 10; offset--) {
        await rollBack(room, { ...heads, offsets: { ...heads.offsets, gift: offset } });
        heads = await bus.streams.heads(room, { known: heads });
        epochs.unshift(heads.epoch);
      }
      assert.deepEqual(
        heads.forks?.map(({ epoch }) => epoch),
        epochs.slice(1, 9),
      );
      assert.equal(goesOnAfter(heads, 'gift', epochs[8] ?? '', 18), 10);
    });
  });
}
