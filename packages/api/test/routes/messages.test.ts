// Publishing messages: accepted requests, their publications, and refusals.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { DanmuxError, type ErrorCode } from '@danmux/protocol';
import { type ApiFixture, gift, mustRefuse, path, startApi } from '@danmux/testkit/api-fixture';
import { ownerOf } from '@danmux/testkit/unit';

const owner = ownerOf(afterEach);
let fixture: ApiFixture;
let call: ApiFixture['call'];
beforeEach(async () => {
  fixture = await startApi(owner);
  call = fixture.call;
});

const ids = (texts: readonly string[]) => texts.map((text) => JSON.parse(text).id);

describe('one message', () => {
  test('is stored unchanged before the 202', async () => {
    const answer = await call('POST', path, { ...gift, from: { id: 'u1', name: '小明', badge: 'gold' }, id: 'order-1' });
    assert.equal(answer.status, 202);
    assert.deepEqual(answer.body, { id: 'order-1', room: 'live:1', lane: 'gift' });
    assert.equal((await fixture.bus.ledger.totals()).accepted.gift, 1);
    await fixture.sequence();
    const { msgs } = (await call('GET', '/v1/rooms/live:1/history?lane=gift')).body;
    assert.deepEqual(
      { ...msgs[0], ts: 0 },
      { id: 'order-1', lane: 'gift', offset: 1, type: 'gift', from: { id: 'u1', name: '小明', badge: 'gold' }, data: { gift: 'rocket' }, ts: 0 },
    );
  });

  test('gets no 202 before the bus has stored it', async () => {
    const held = fixture.gate.hold('ingress.publish');
    let answered = false;
    const answer = call('POST', path, gift).finally(() => {
      answered = true;
    });
    await held.begun;
    // A complete second request is the barrier.
    await call('GET', '/v1/stats');
    assert.equal(answered, false);
    held.release();
    assert.equal((await answer).status, 202);
  });

  test('has the lane of its type; the config can add types', async (t) => {
    for (const [type, lane] of [
      ['gift', 'gift'],
      ['superchat', 'gift'],
      ['chat', 'chat'],
      ['notice', 'control'],
      ['like', 'ambient'],
      ['enter', 'ambient'],
    ]) {
      assert.equal((await call('POST', path, { type, data: 1 })).body.lane, lane);
    }
    const own = await startApi(t, { 'messages.types': { vip: { lane: 'gift', viewer: false } } });
    assert.equal((await own.call('POST', path, { type: 'vip', data: 1 })).body.lane, 'gift');
  });

  test('accepts any JSON as data, also null', async () => {
    for (const data of [null, 0, '', false, [], {}, '弹幕 🚀']) assert.equal((await call('POST', path, { type: 'chat', data })).status, 202);
    await fixture.sequence();
    const { msgs } = (await call('GET', '/v1/rooms/live:1/history')).body;
    assert.deepEqual(
      msgs.map(({ data }: { data: unknown }) => data),
      [null, 0, '', false, [], {}, '弹幕 🚀'],
    );
  });

  test('with a repeated id adds no second message to the room', async () => {
    for (let i = 0; i < 3; i++) assert.equal((await call('POST', path, { ...gift, id: 'once' })).status, 202);
    assert.equal((await call('POST', '/v1/rooms/live:2/messages', { ...gift, id: 'once' })).status, 202);
    assert.equal((await fixture.bus.ledger.totals()).accepted.gift, 2);
    const counted = await fixture.runtime.metrics.accepted.get();
    assert.equal(counted.values.find(({ labels }) => labels['lane'] === 'gift')?.value, 2);
  });

  test('with an invalid field is refused, and the error names the field', async () => {
    const cases: [unknown, ErrorCode, string?][] = [
      [{ data: 1 }, 'invalid_request', 'type'],
      [{ type: 'gift' }, 'invalid_request', 'data'],
      [{ ...gift, extra: 1 }, 'invalid_request', 'extra'],
      [{ ...gift, room: 'live:2' }, 'invalid_request', 'room'],
      [{ ...gift, from: { name: 'x' } }, 'invalid_request', 'from.id'],
      [{ ...gift, from: { id: 'u', level: '5' } }, 'invalid_request', 'from.level'],
      [{ ...gift, id: 'with space' }, 'invalid_request', 'id'],
      [{ ...gift, id: 'x'.repeat(65) }, 'invalid_request', 'id'],
      [{ ...gift, id: 5 }, 'invalid_request', 'id'],
      [{ ...gift, type: 5 }, 'invalid_request', 'type'],
      [[], 'invalid_request'],
      [null, 'invalid_request'],
      ['5', 'invalid_request'],
      [{ ...gift, type: 'unheard-of' }, 'unknown_type'],
      [{ ...gift, type: 'constructor' }, 'unknown_type'],
      [{ ...gift, data: 'x'.repeat(40_000) }, 'too_large'],
      ['{', 'invalid_json'],
      ['', 'invalid_json'],
      [`{"type":"gift","data":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 'invalid_json'],
    ];
    for (const [body, code, field] of cases) {
      const answer = await call('POST', path, body);
      mustRefuse(answer, code);
      if (field)
        assert.ok(
          answer.body.errors.some((error: { path: string }) => error.path === field),
          JSON.stringify(answer.body),
        );
    }
    mustRefuse(await call('POST', path), 'invalid_request');
    assert.equal(await fixture.accepted(), 0);
  });

  test('is refused for an invalid room name in any encoding', async () => {
    for (const name of ['%20', 'a%2Fb', '..%2f', '%00', '-x', '直播', 'x'.repeat(129), 'a%0Ab', '*']) {
      mustRefuse(await call('POST', `/v1/rooms/${name}/messages`, gift), 'invalid_room');
    }
    assert.equal((await call('POST', '/v1/rooms/live%3A1/messages', gift)).body.room, 'live:1');
  });

  test('gets the Retry-After of the store', async () => {
    fixture.gate.replace('ingress.publish', async (publications) => publications.map(() => new DanmuxError('lane_full', { retryAfterMs: 1_500 })));
    const full = await call('POST', path, gift);
    mustRefuse(full, 'lane_full');
    const { retry_after_ms: wait } = full.body;
    assert.ok(wait >= 1_500 && wait <= 3_000, `spread over one to two times 1,500 ms: ${wait}`);
    assert.equal(full.headers.get('retry-after'), String(Math.ceil(wait / 1_000)));
  });

  test('an internal error reveals no details and is logged with its trace id', async () => {
    fixture.gate.replace('ingress.publish', async () => {
      throw new Error('a secret detail');
    });
    const answer = await call('POST', path, gift);
    mustRefuse(answer, 'internal');
    assert.ok(!JSON.stringify(answer.body).includes('secret detail'));
    assert.ok(fixture.lines.some((line) => line.includes('a secret detail') && line.includes(answer.body.instance)));
  });
});

describe('a batch', () => {
  const send = (messages: unknown[]) => call('POST', '/v1/messages/batch', { messages });

  test('accepts or refuses each message independently, in order', async () => {
    const { status, body } = await send([
      { room: 'a', ...gift, id: '1' },
      { room: 'b b', ...gift },
      { room: 'a', type: 'zzz', data: 1 },
      { room: 'a', ...gift, id: '2' },
      { room: 'a', ...gift, data: 'x'.repeat(40_000) },
      { room: 'a', ...gift, id: '1' },
      { room: 'c', ...gift, id: '3' },
    ]);
    assert.equal(status, 200);
    assert.deepEqual(
      body.results.map((result: { status: number; code?: string; id?: string }) => [result.status, result.code ?? result.id]),
      [
        [202, '1'],
        [400, 'invalid_room'],
        [400, 'unknown_type'],
        [202, '2'],
        [413, 'too_large'],
        [202, '1'],
        [202, '3'],
      ],
    );
    assert.deepEqual(body.results[6], { status: 202, id: '3', room: 'c', lane: 'gift' });
    for (const code of ['invalid_room', 'unknown_type', 'too_large'] as const) assert.equal(await fixture.refused(code), 1);
    await fixture.sequence();
    assert.deepEqual(ids((await fixture.bus.streams.history('a', 'gift', undefined, 10)).msgs), ['1', '2']);
  });

  test('keeps the order within a room and lane', async () => {
    const order = Array.from({ length: 100 }, (_, index) => String(index));
    await send(
      order.flatMap((id) => [
        { room: 'a', ...gift, id },
        { room: `r${id}`, ...gift },
        { room: 'a', type: 'chat', data: id },
      ]),
    );
    await fixture.sequence();
    assert.deepEqual(ids((await fixture.bus.streams.history('a', 'gift', undefined, 200)).msgs), order);
  });

  test('has 1 to 1,000 messages; a malformed one refuses all and is named by its index', async () => {
    mustRefuse(await send([]), 'invalid_request');
    mustRefuse(await send(Array.from({ length: 1_001 }, () => ({ room: 'a', ...gift }))), 'invalid_request');
    const wrong = await send([{ room: 'a', ...gift }, { ...gift }]);
    mustRefuse(wrong, 'invalid_request');
    assert.ok(
      wrong.body.errors.some((error: { path: string }) => error.path === 'messages.1.room'),
      JSON.stringify(wrong.body),
    );
    assert.equal(await fixture.accepted(), 0);
    const most = await send(Array.from({ length: 1_000 }, () => ({ room: 'a', ...gift })));
    assert.equal(most.body.results.filter((result: { status: number }) => result.status === 202).length, 1_000);
  });

  test('fails as a whole when nothing could be stored, else per message', async () => {
    fixture.gate.replace('ingress.publish', async (publications) => publications.map(() => new DanmuxError('unavailable')));
    mustRefuse(await send([{ room: 'a', ...gift }]), 'unavailable');
    fixture.gate.replace('ingress.publish', async (publications) =>
      publications.map(({ id }, index) => (index === 0 ? { id, duplicate: false } : new DanmuxError('lane_full', { retryAfterMs: 700 }))),
    );
    const { status, body } = await send([
      { room: 'a', ...gift },
      { room: 'a', ...gift },
    ]);
    assert.deepEqual([status, body.results[0].status, body.results[1].code], [200, 202, 'lane_full']);
    const { retry_after_ms: wait } = body.results[1];
    assert.ok(wait >= 700 && wait <= 1_400, `${wait}`);
  });

  test('an internal error in one message reveals no details and is logged with the trace id', async () => {
    fixture.gate.replace('ingress.publish', async (publications) =>
      publications.map(({ id }, index) => (index === 0 ? { id, duplicate: false } : new Error('a secret detail'))),
    );
    const { body } = await send([
      { room: 'a', ...gift },
      { room: 'a', ...gift },
    ]);
    assert.equal(body.results[1].code, 'internal');
    assert.ok(!JSON.stringify(body).includes('secret detail'));
    assert.ok(fixture.lines.some((line) => line.includes('a secret detail') && line.includes(body.results[1].instance)));
  });
});

test('a batch may have 4 MiB, and other bodies 1 MiB', async () => {
  const messages = (bytes: number) => Array.from({ length: 1_000 }, (_, index) => ({ room: 'live:big', type: 'chat', data: `${index} ${'x'.repeat(bytes)}` }));
  const taken = await call('POST', '/v1/messages/batch', { messages: messages(4_000) });
  assert.equal(taken.status, 200, JSON.stringify(taken.body).slice(0, 200));
  assert.ok(
    (taken.body.results as { status: number }[]).every(({ status }) => status === 202),
    'all 1,000 are stored',
  );
  mustRefuse(await call('POST', '/v1/messages/batch', { messages: messages(4_200) }), 'too_large');
  mustRefuse(await call('POST', '/v1/broadcasts', { rooms: '*', type: 'notice', data: 'x'.repeat(1_100_000) }), 'too_large');
  mustRefuse(await call('POST', path, `\ufeff${JSON.stringify(gift)}`), 'invalid_json');
});
