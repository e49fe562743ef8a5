// Options of a message (receipt, delay, expiry), and reserved types.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { gift, mustRefuse, path } from '@danmux/testkit/api-fixture';
import { eventually } from '@danmux/testkit/unit';
import { onBothEngines } from '../both-engines.ts';

/** With a webhook target, because receipt totals are sent only to targets. */
const told = { 'webhooks.url': 'https://hooks.example/', 'webhooks.secret': 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };

onBothEngines({ 'receipts.timeout_ms': 1, ...told }, (api) => {
  const send = (body: object, where = path) => api().call('POST', where, { ...gift, ...body });
  const ran = (name: string, id: string) => api().ran.filter((job) => job.name === name && (job.data.id ?? job.data.publications[0].id) === id);

  test('a message with receipt opens its counts and adds one job, also when repeated', async () => {
    for (let i = 0; i < 3; i++) assert.equal((await send({ receipt: true, id: 'r1' })).status, 202);
    const [stored] = await api().sequence();
    assert.deepEqual(stored?.marks, { receipt: true });
    assert.equal(JSON.parse(stored?.body ?? '').receipt, true);
    assert.deepEqual((await api().bus.receipts.find('r1'))?.rooms, ['live:1']);
    await eventually(() => assert.equal(ran('receipts', 'r1').length, 1));
    assert.deepEqual(ran('receipts', 'r1')[0]?.data, { id: 'r1', room: 'live:1' });
  });

  test('a delayed or broadcast gift waits for the confirmation of redis.ack; chat does not', async () => {
    const confirmed: unknown[] = [];
    api().jobGate.replace('addDistinct', async (_name, _data, options) => {
      confirmed.push(options.confirmed);
      return { id: 'job', duplicate: false };
    });
    for (const type of ['gift', 'chat']) {
      assert.equal((await send({ type, delay_ms: 60_000 })).status, 202);
      assert.equal((await send({ type, rooms: '*' }, '/v1/broadcasts')).status, 202);
    }
    api().jobGate.restore('addDistinct');
    assert.deepEqual(confirmed, [true, true, false, false]);
  });

  test('a message without receipt opens no counts and adds no job', async () => {
    const refuse = () => Promise.reject(new Error('nobody may ask'));
    for (const verb of ['open', 'report', 'find'] as const) api().gate.replace(`receipts.${verb}`, refuse);
    api().jobGate.replace('add', refuse);
    assert.equal((await send({ receipt: false, id: 'r2' })).status, 202);
    api().gate.restore();
    api().jobGate.restore('add');
    const [stored] = await api().sequence();
    assert.deepEqual([stored?.id, stored?.marks], ['r2', undefined]);
  });

  test('if counts or job cannot be stored the message is refused, and a retry adds no second one', async () => {
    const away = () => Promise.reject(new DanmuxError('unavailable'));
    api().gate.replace('receipts.open', away);
    mustRefuse(await send({ receipt: true, id: 'r3' }), 'unavailable');
    api().gate.restore();
    assert.equal((await api().sequence()).length, 0);
    api().jobGate.replace('add', away);
    mustRefuse(await send({ receipt: true, id: 'r3' }), 'unavailable');
    api().jobGate.restore('add');
    assert.equal((await send({ receipt: true, id: 'r3' })).status, 202);
    assert.deepEqual(
      (await api().sequence()).map(({ id }) => id),
      ['r3'],
    );
    await eventually(() => assert.equal(ran('receipts', 'r3').length, 1));
  });

  test('a delayed message is stored as a job; repeating its id adds no second job', async () => {
    const { status, body } = await send({ delay_ms: 3_600_000, id: 'd1', receipt: true });
    assert.deepEqual([status, { ...body, job: 'j' }], [202, { id: 'd1', room: 'live:1', lane: 'gift', job: 'j' }]);
    assert.deepEqual((await send({ delay_ms: 3_600_000, id: 'd1' })).body, { ...body, duplicate: true });
    const other = await send({ delay_ms: 3_600_000, id: 'd1' }, '/v1/rooms/live:2/messages');
    assert.notEqual(other.body.job, body.job);
    assert.equal((await api().jobs.status(body.job))?.state, 'delayed');
    assert.equal((await api().sequence()).length, 0);
    assert.equal(await api().bus.receipts.find('d1'), null, 'its counts begin when it is sent');
  });

  test('the job receives the publication when it is due', async () => {
    await send({ delay_ms: 1, id: 'd2', expires_at: 9_000_000_000_000 });
    await eventually(() => assert.equal(ran('publish', 'd2').length, 1));
    const [publication] = ran('publish', 'd2')[0]?.data.publications ?? [];
    assert.deepEqual(
      [publication.room, publication.lane, publication.dedupeKey, publication.marks],
      ['live:1', 'gift', 'd2', { expires_at: 9_000_000_000_000 }],
    );
  });

  test('delay_ms 0 publishes immediately', async () => {
    assert.equal((await send({ delay_ms: 0, id: 'd3' })).body.job, undefined);
    assert.deepEqual(
      (await api().sequence()).map(({ id }) => id),
      ['d3'],
    );
  });

  test('expires_at in the past or before the end of the delay is refused', async () => {
    const now = Date.now();
    for (const body of [
      { expires_at: 0 },
      { expires_at: now - 1 },
      { expires_at: now + 60_000, delay_ms: 60_001 },
      { delay_ms: 2_592_000_001 },
      { delay_ms: -1 },
    ])
      mustRefuse(await send(body), 'invalid_request');
    assert.equal((await send({ expires_at: now + 60_000, id: 'e1' })).status, 202);
    const [stored] = await api().sequence();
    assert.deepEqual([stored?.id, stored?.marks, JSON.parse(stored?.body ?? '').expires_at], ['e1', { expires_at: now + 60_000 }, now + 60_000]);
  });

  test('reserved types, and receipt on the ambient lane, are refused', async () => {
    for (const type of ['recall', 'room_state']) mustRefuse(await send({ type }), 'type_forbidden');
    mustRefuse(await send({ type: 'like', receipt: true }), 'invalid_request');
    assert.equal((await api().sequence()).length, 0);
  });

  test('in a batch each message has its own options', async () => {
    const messages = [
      { room: 'a', ...gift, id: 'b1' },
      { room: 'a', ...gift, id: 'b2', delay_ms: 3_600_000 },
      { room: 'a', ...gift, id: 'b3', receipt: true },
      { room: 'a', ...gift, type: 'recall' },
      { room: 'a', ...gift, id: 'b4', expires_at: 1 },
      { room: 'a', ...gift, id: 'b5' },
    ];
    const { body } = await api().call('POST', '/v1/messages/batch', { messages });
    assert.deepEqual(
      body.results.map((result: { status: number; id?: string; code?: string; job?: string }) => [
        result.status,
        result.id ?? result.code,
        Boolean(result.job),
      ]),
      [
        [202, 'b1', false],
        [202, 'b2', true],
        [202, 'b3', false],
        [403, 'type_forbidden', false],
        [400, 'invalid_request', false],
        [202, 'b5', false],
      ],
    );
    assert.deepEqual(
      (await api().sequence()).map(({ id }) => id),
      ['b1', 'b3', 'b5'],
    );
    assert.ok(await api().bus.receipts.find('b3'), 'its counts are begun');
  });

  test('in a batch only the message whose job could not be stored is refused', async () => {
    api().jobGate.replace('addDistinct', () => Promise.reject(new DanmuxError('unavailable')));
    const { body } = await api().call('POST', '/v1/messages/batch', {
      messages: [
        { room: 'a', ...gift, id: 'p1', delay_ms: 1_000 },
        { room: 'a', ...gift, id: 'p2' },
      ],
    });
    api().jobGate.restore('addDistinct');
    assert.deepEqual([body.results[0].code, body.results[1].id], ['unavailable', 'p2']);
    await api().sequence();
  });
});
