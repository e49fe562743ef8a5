// Members: announcements with a TTL; and the health check.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '@danmux/testkit/unit';
import type { MakeEngine } from './case-kit.ts';

export function memberCases(engine: MakeEngine): void {
  test('members are listed after announcing, and removed by leave or expiry', async () => {
    const { bus } = await engine();
    const edge = { id: 'e', role: 'edge', address: '127.0.0.1:7700', version: '1.0.0', load: 0.25 };
    const relay = { id: 'r', role: 'relay', address: '', version: '1.0.0', load: 0 };
    await bus.members.announce(edge, 60_000);
    await bus.members.announce({ ...edge, load: 0.5 }, 60_000);
    await bus.members.announce(relay, 100);
    assert.deepEqual(
      (await bus.members.list()).find(({ id }) => id === 'e'),
      { ...edge, load: 0.5 },
    );
    await eventually(async () =>
      assert.deepEqual(
        (await bus.members.list()).map(({ id }) => id),
        ['e'],
      ),
    );
    await bus.members.leave('e');
    assert.deepEqual(await bus.members.list(), []);
  });

  test('list returns every field of a member; leave is idempotent and accepts unknown ids', async () => {
    const { bus } = await engine();
    const odd = { id: 'edge@a:1 "x"', role: 'edge', address: '[::1]:7700', version: '1.0.0-β\n2', load: 0.3333333333333333 };
    await bus.members.announce(odd, 60_000);
    assert.deepEqual(await bus.members.list(), [odd]);
    await bus.members.leave(odd.id);
    await bus.members.leave(odd.id);
    await bus.members.leave('nobody');
    assert.deepEqual(await bus.members.list(), []);
  });

  test('each announcement restarts the TTL of a member', async () => {
    const { bus } = await engine();
    const member = (id: string) => ({ id, role: 'edge', address: '', version: '1', load: 0 });
    await bus.members.announce(member('kept'), 1_000);
    await bus.members.announce(member('kept'), 60_000);
    await bus.members.announce(member('ended'), 1_000);
    await eventually(async () => assert.deepEqual(await bus.members.list(), [member('kept')]));
  });

  test('a sweep removes expired members and returns their number', async () => {
    const { bus } = await engine();
    const member = (id: string) => ({ id, role: 'edge', address: '', version: '1', load: 0 });
    await bus.members.announce(member('kept'), 60_000);
    for (const id of ['x', 'y']) await bus.members.announce(member(id), 50);
    let found = 0;
    await eventually(async () => {
      found += (await bus.sweep()).members;
      assert.equal(found, 2);
    });
    assert.deepEqual(await bus.sweep(), { presence: 0, members: 0 });
    assert.deepEqual(await bus.members.list(), [member('kept')]);
  });

  test('health resolves while the store answers', async () => {
    const { bus } = await engine();
    await bus.health();
  });
}
