// Traffic of a room as its relay reports it, on both engines: counts persist, rates expire.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startApi } from '@danmux/testkit/api-fixture';
import { onBothEngines } from '../both-engines.ts';

const lanes = { control: 0, gift: 0, chat: 0, ambient: 0 };
const shed = { control: {}, gift: {}, chat: { budget: 4 }, ambient: {} };
const told = (room: string, at: number) => ({
  ...{ room, at, perSecond: { ...lanes, chat: 12.5 } },
  counts: { sequenced: { chat: 50 }, shed: { chat: { budget: 4 } } },
});

onBothEngines({}, (api) => {
  test('a room shows its traffic and the list its rates; a quiet room has none', async () => {
    const { bus, runtime } = api();
    await bus.presence.report(
      'edge',
      new Map([
        ['live:1', 3],
        ['live:2', 2],
      ]),
      60_000,
    );
    const at = runtime.clock.now();
    await bus.traffic.add([told('live:1', at)]);
    const { body } = await api().call('GET', '/v1/rooms/live:1');
    assert.deepEqual(body.traffic, { at, per_second: { ...lanes, chat: 12.5 }, sequenced: { ...lanes, chat: 50 }, shed });
    assert.equal('traffic' in (await api().call('GET', '/v1/rooms/live:2')).body, false);
    assert.deepEqual((await api().call('GET', '/v1/rooms')).body.rooms, [
      { room: 'live:1', online: 3, per_second: { ...lanes, chat: 12.5 } },
      { room: 'live:2', online: 2 },
    ]);
  });
});

test('rates expire 15 seconds after the last report, counts after an hour', async (t) => {
  let now = 1_000_000;
  const fixture = await startApi(t, {}, { now: () => now });
  await fixture.bus.presence.report('edge', new Map([['live:1', 3]]), 100_000_000);
  await fixture.bus.traffic.add([told('live:1', now)]);
  const traffic = async () => (await fixture.call('GET', '/v1/rooms/live:1')).body.traffic;
  const listed = async () => {
    // The list is cached for a second.
    now += 2_000;
    return (await fixture.call('GET', '/v1/rooms')).body.rooms[0]?.per_second;
  };
  now += 10_000;
  assert.equal((await traffic()).per_second.chat, 12.5);
  assert.equal((await listed()).chat, 12.5);
  now += 4_000;
  assert.deepEqual([(await traffic()).per_second, (await traffic()).sequenced.chat], [lanes, 50]);
  assert.equal(await listed(), undefined);
  now += 3_600_000;
  assert.equal(await traffic(), undefined);
});
