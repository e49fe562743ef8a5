// Changing the modes of a room: merging, notifications and repeats.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ruleRecords } from '@danmux/policy';
import { DanmuxError } from '@danmux/protocol';
import { mustRefuse } from '@danmux/testkit/api-fixture';
import { onBothEngines } from '../both-engines.ts';
import { eventsOf, withWebhooks } from '../event-log.ts';

onBothEngines(withWebhooks, (api) => {
  const patch = (room: string, modes: object) => api().call('PATCH', `/v1/rooms/${room}`, { modes });
  /** Subscribes like an edge with viewers in the room. */
  const watched = (room: string) => api().bus.frames.subscribe(room, { frame: () => {}, resumed: () => {} });
  const modesOf = async (room: string) => (await api().call('GET', `/v1/rooms/${room}`)).body.modes;

  test('given modes change, null removes a mode, others stay', async () => {
    assert.deepEqual((await patch('a', { slow_ms: 5_000, members_only: true })).body, { room: 'a', modes: { members_only: true, slow_ms: 5_000 } });
    assert.deepEqual((await patch('a', { slow_ms: 1_000, max_online: 10 })).body.modes, { members_only: true, slow_ms: 1_000, max_online: 10 });
    assert.deepEqual((await patch('a', { members_only: null, max_online: null, unique: null })).body.modes, { slow_ms: 1_000 });
    assert.deepEqual(await modesOf('a'), { slow_ms: 1_000 });
    assert.deepEqual(await modesOf('b'), {});
    assert.deepEqual((await patch('a', { slow_ms: null })).body.modes, {});
    assert.equal((await api().bus.records.get(ruleRecords.room('a'))).fields.has('modes'), false);
    await api().sequence();
  });

  test('a room without viewers gets no message; webhooks get an event', async () => {
    await patch('quiet', { mute_all: true });
    assert.deepEqual(
      (await api().sequence()).filter(({ room }) => room === 'quiet'),
      [],
    );
    assert.deepEqual(
      (await eventsOf(api(), 'quiet')).map(({ type }) => type),
      ['moderation.modes'],
    );
  });

  test('viewers get one message and webhooks one event', async () => {
    await watched('told');
    for (let i = 0; i < 3; i++) await patch('told', { mute_all: true });
    const [message, ...more] = (await api().sequence()).filter(({ room }) => room === 'told');
    const { type, data } = JSON.parse(message?.body ?? '');
    assert.deepEqual([message?.lane, type, data, more.length], ['control', 'room_state', { modes: { mute_all: true } }, 0]);
    const events = await eventsOf(api(), 'told');
    assert.deepEqual([events[0]?.type, events[0]?.data], ['moderation.modes', { modes: { mute_all: true }, by: 'default' }]);
    assert.equal(new Set(events.map(({ id }) => id)).size, 1, 'a receiver sees one');
    await patch('told', { mute_all: false });
    assert.equal((await api().sequence()).length, 1);
  });

  test('if the message could not be stored, a retry sends it', async () => {
    await watched('again');
    api().gate.replace('ingress.publish', async (publications) => publications.map(() => new DanmuxError('lane_full', { retryAfterMs: 1_000 })));
    mustRefuse(await patch('again', { unique: true }), 'lane_full');
    api().gate.restore('ingress.publish');
    assert.deepEqual(await modesOf('again'), { unique: true });
    assert.equal((await patch('again', { unique: true })).status, 200);
    assert.equal((await api().sequence()).filter(({ room }) => room === 'again').length, 1);
  });

  test('concurrent changes are all applied', async () => {
    const changes = [{ slow_ms: 1 }, { members_only: true }, { min_level: 2 }, { unique: true }, { max_online: 5 }, { send_per_minute: 6 }];
    for (const { status } of await Promise.all(changes.map((change) => patch('race', change)))) assert.equal(status, 200);
    assert.deepEqual(await modesOf('race'), Object.assign({}, ...changes));
    await api().sequence();
  });

  test('sanctions in the same record stay', async () => {
    await api().call('PUT', '/v1/rooms/mixed/mutes/u1', {});
    await patch('mixed', { slow_ms: 9 });
    assert.equal((await api().call('GET', '/v1/rooms/mixed/mutes/u1')).status, 200);
    await api().sequence();
  });

  test('after too many conflicts the request fails and changes nothing', async () => {
    api().gate.replace('records.setIf', async () => null);
    mustRefuse(await patch('busy', { slow_ms: 9 }), 'unavailable');
    api().gate.restore();
    assert.deepEqual(await modesOf('busy'), {});
  });

  test('an unknown or invalid mode is refused', async () => {
    for (const modes of [{ slow_ms: 0 }, { slow: 1 }, { mute_all: 'yes' }, { min_level: -1 }, { max_online: 1.5 }])
      mustRefuse(await patch('a', modes), 'invalid_request');
    mustRefuse(await api().call('PATCH', '/v1/rooms/a', {}), 'invalid_request');
    mustRefuse(await patch('a%20b', { slow_ms: 1 }), 'invalid_room');
  });
});
