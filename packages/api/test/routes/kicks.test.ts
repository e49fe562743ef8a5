// Kicks: the fields that edges read, and the events.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ruleRecords } from '@danmux/policy';
import { eventually } from '@danmux/testkit/unit';
import { everyRoom } from '@danmux/webhooks';
import { onBothEngines } from '../both-engines.ts';
import { eventsOf, withWebhooks } from '../event-log.ts';

onBothEngines(withWebhooks, (api) => {
  const field = async (record: string, name: string) => (await api().bus.records.get(record)).fields.get(name);

  test('a kick from a room writes a field that expires after a minute', async () => {
    const { status, body } = await api().call('POST', '/v1/rooms/a/kick', { user: '小明', reason: '广告' });
    assert.deepEqual([status, { ...body, at: 0 }], [200, { user: '小明', room: 'a', reason: '广告', by: 'default', at: 0 }]);
    const kick = await field(ruleRecords.room('a'), 'kick:小明');
    assert.deepEqual([JSON.parse(kick?.value ?? ''), kick?.until], [{ reason: '广告', by: 'default', at: body.at }, body.at + 60_000]);
    assert.equal(await field(ruleRecords.room('a'), 'ban:小明'), undefined);
    assert.deepEqual(
      (await eventsOf(api(), 'a')).map(({ data }) => data),
      [{ kind: 'kick', user: '小明', lifted: false, reason: '广告', by: 'default' }],
    );
  });

  test('a kick with ban_ms writes kick and ban in one step', async () => {
    const changes: string[][] = [];
    const watch = await api().bus.records.watch({
      changed: ({ record, fields }) => record === ruleRecords.room('b') && changes.push([...fields.keys()].sort()),
      resumed: () => {},
    });
    const { body } = await api().call('POST', '/v1/rooms/b/kick', { user: 'u1', ban_ms: 300_000, by: 'host' });
    assert.deepEqual([body.by, body.until], ['host', body.at + 300_000]);
    await eventually(() => assert.deepEqual(changes, [['ban:u1', 'kick:u1']]));
    await watch.close();
    assert.equal((await field(ruleRecords.room('b'), 'ban:u1'))?.until, body.until);
    assert.ok(await field(ruleRecords.room('b'), 'kick:u1'), 'the kick is there too');
    assert.deepEqual(
      (await eventsOf(api(), 'b')).map(({ data }) => (data as { kind: string }).kind),
      ['kick', 'ban'],
    );
    assert.equal((await api().call('GET', '/v1/rooms/b/bans/u1')).body.until, body.until);
  });

  test('a kick from every room is in the record of all rooms', async () => {
    const { body } = await api().call('POST', `/v1/users/${encodeURIComponent('a/b 🚀')}/kick`, { ban_ms: 1_000 });
    assert.deepEqual([body.user, body.room], ['a/b 🚀', undefined]);
    assert.ok(await field(ruleRecords.everywhere, 'kick:a/b 🚀'), 'it stands in the record of all rooms');
    assert.deepEqual(
      (await eventsOf(api(), everyRoom)).map(({ data }) => (data as { user: string }).user),
      ['a/b 🚀', 'a/b 🚀'],
    );
  });
});
