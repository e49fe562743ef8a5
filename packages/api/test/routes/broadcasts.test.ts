// The broadcast route: the job it stores. The worker has the tests of the job itself.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gift, mustRefuse } from '@danmux/testkit/api-fixture';
import { eventually } from '@danmux/testkit/unit';
import { onBothEngines } from '../both-engines.ts';

onBothEngines({}, (api) => {
  const send = (body: object) => api().call('POST', '/v1/broadcasts', { ...gift, ...body });
  const ran = (id: string) => api().ran.filter(({ name, data }) => name === 'broadcast' && data.id === id);

  test('a broadcast is stored before the response, as a job with all requested fields', async () => {
    const from = { id: 'u1', name: '小明', badge: 'gold' };
    const answer = await send({ rooms: ['live:*', 'a', 'a'], id: 'b1', from, receipt: true, expires_at: 9_000_000_000_000 });
    assert.deepEqual([answer.status, answer.body.id], [202, 'b1']);
    await eventually(() => assert.equal(ran('b1').length, 1));
    const [job] = ran('b1');
    assert.equal(job?.id, answer.body.job);
    const trace = answer.headers.get('x-trace-id');
    const { digest, added: _caller, ...data } = job?.data ?? assert.fail('the job ran');
    assert.match(digest ?? '', /^[\w-]{11}$/, 'the digest by which a repeat is compared');
    assert.deepEqual(data, { id: 'b1', rooms: ['live:*', 'a'], ...gift, from, receipt: true, expires_at: 9_000_000_000_000, trace });
  });

  test('rooms "*" means all rooms; a missing id is generated', async () => {
    const { body } = await send({ rooms: '*' });
    assert.match(body.id, /^[0-9A-Z]{26}$/);
    await eventually(() => assert.deepEqual(ran(body.id)[0]?.data.rooms, ['*']));
  });

  test('repeating an id starts no second broadcast', async () => {
    const [first, again] = [await send({ rooms: '*', id: 'b2' }), await send({ rooms: '*', id: 'b2' })];
    assert.deepEqual(again.body, { ...first.body, duplicate: true });
    await eventually(() => assert.equal(ran('b2').length, 1));
    await send({ rooms: '*', id: 'b2' });
    assert.equal(ran('b2').length, 1);
  });

  test('a delayed broadcast waits and can be cancelled', async () => {
    const { body } = await send({ rooms: '*', id: 'b3', delay_ms: 3_600_000 });
    const where = `/v1/jobs/${body.job}`;
    assert.deepEqual([(await api().call('GET', where)).body.name, (await api().call('GET', where)).body.state], ['broadcast', 'delayed']);
    assert.equal((await api().call('DELETE', where)).status, 200);
    assert.equal(ran('b3').length, 0);
  });

  test('an invalid request is refused and nothing is stored', async () => {
    for (const rooms of [['a b'], ['live:1', '-x*'], ['**'], ['直播']]) mustRefuse(await send({ rooms, id: 'bad' }), 'invalid_room');
    mustRefuse(await send({ rooms: '*', type: 'room_state', id: 'bad' }), 'type_forbidden');
    mustRefuse(await send({ rooms: '*', type: 'zzz', id: 'bad' }), 'unknown_type');
    mustRefuse(await send({ rooms: '*', data: 'x'.repeat(40_000), id: 'bad' }), 'too_large');
    for (const body of [
      {},
      { rooms: [] },
      { rooms: 'live:*' },
      { rooms: '*', room: 'a' },
      { rooms: '*', expires_at: 1 },
      { rooms: '*', delay_ms: 2_592_000_001 },
    ])
      mustRefuse(await send({ ...body, id: 'bad' }), 'invalid_request');
    assert.equal(ran('bad').length, 0);
  });
});
