// Idempotency-Key, on both engines: requests with one key take effect once, whatever fails and however often they are repeated.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { type ApiFixture, gift, mustRefuse, path, startApi } from '@danmux/testkit/api-fixture';
import { eventually, ownerOf, type RedisServer, startRedis } from '@danmux/testkit/unit';

const headers = { 'idempotency-key': 'pay-1' };
const batch = {
  messages: [
    { room: 'a', ...gift },
    { room: 'a', ...gift },
  ],
};

/** And what of the answer is the secret. */
const secretRequests = [
  ['/v1/keys', { id: 'shop', scopes: ['read'] }, 'key'],
  ['/v1/keys/shop/rotate', {}, 'key'],
  ['/v1/tokens', { sub: 'u1' }, 'token'],
] as const;

for (const engine of ['memory', 'redis'] as const) {
  describe(`on ${engine}`, () => {
    let redis: RedisServer | undefined;
    let fixture: ApiFixture;
    let call: ApiFixture['call'];
    let fixtures = 0;

    const owner = ownerOf(afterEach);
    before(async () => {
      if (engine === 'redis') redis = await startRedis();
    });
    after(() => redis?.stop());
    beforeEach(async () => {
      fixtures++;
      fixture = await open();
      call = fixture.call;
    });

    /** Each test has its own Redis prefix; two apis of one test share it. */
    async function open(set: Readonly<Record<string, string | number>> = {}): Promise<ApiFixture> {
      const opened = await startApi(owner, { ...(redis ? { 'redis.url': redis.url, 'redis.prefix': `t${fixtures}` } : {}), ...set });
      await eventually(() => opened.bus.health());
      return opened;
    }

    test('a repeat with the same key and body gets the first answer, and one message is sent', async () => {
      const first = await call('POST', path, gift, { headers });
      const again = await call('POST', path, gift, { headers });
      assert.deepEqual([again.status, again.body], [first.status, first.body]);
      assert.equal(again.headers.get('content-type'), first.headers.get('content-type'));
      assert.equal(first.headers.get('idempotent-replayed'), null);
      assert.equal(again.headers.get('idempotent-replayed'), 'true');
      assert.notEqual(again.headers.get('x-trace-id'), first.headers.get('x-trace-id'));
      assert.equal(await fixture.accepted(), 1);
    });

    test('every POST accepts an Idempotency-Key', async () => {
      for (const [where, body] of [
        ['/v1/tokens', { sub: 'u1' }],
        ['/v1/messages/batch', batch],
      ] as const) {
        const first = await call('POST', where, body, { headers });
        const again = await call('POST', where, body, { headers });
        assert.equal(again.headers.get('idempotent-replayed'), 'true');
        assert.deepEqual(again.body, first.body);
      }
    });

    test('another body gets 422; another key, room or route is another request', async () => {
      await call('POST', path, gift, { headers });
      mustRefuse(await call('POST', path, { ...gift, data: 2 }, { headers }), 'idempotency_mismatch');
      assert.equal((await call('POST', '/v1/rooms/live:2/messages', gift, { headers })).status, 202);
      assert.equal((await call('POST', path, gift, { headers: { 'idempotency-key': 'pay-2' } })).status, 202);
      assert.equal((await call('POST', '/v1/tokens', { sub: 'u' }, { headers })).status, 200);
      assert.equal(await fixture.accepted(), 3);
    });

    test('a key has 1 to 64 printable characters', async () => {
      for (const bad of ['', 'a b', 'é', 'x'.repeat(65)])
        mustRefuse(await call('POST', path, gift, { headers: { 'idempotency-key': bad } }), 'invalid_request');
      assert.equal((await call('POST', path, gift, { headers: { 'idempotency-key': 'x'.repeat(64) } })).status, 202);
    });

    test('of many concurrent requests one runs; the others get 409 or its answer', async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => call('POST', path, gift, { headers })));
      const fresh = answers.filter(({ status, headers: got }) => status === 202 && !got.has('idempotent-replayed'));
      assert.equal(fresh.length, 1);
      for (const answer of answers.filter(({ status }) => status !== 202)) mustRefuse(answer, 'idempotency_in_flight');
      assert.equal(new Set(answers.filter(({ status }) => status === 202).map(({ body }) => body.id)).size, 1);
      assert.equal(await fixture.accepted(), 1);
    });

    test('a repeat gets 409 while the first request runs', async () => {
      const held = fixture.gate.hold('ingress.publish');
      const first = call('POST', path, gift, { headers });
      await held.begun;
      mustRefuse(await call('POST', path, gift, { headers }), 'idempotency_in_flight');
      held.release();
      assert.equal((await first).status, 202);
      assert.equal((await call('POST', path, gift, { headers })).headers.get('idempotent-replayed'), 'true');
    });

    test('a failure is not stored: the retry runs and adds no second message if the first was stored', async () => {
      fixture.gate.replace('ingress.publish', async (publications) => {
        await fixture.bus.ingress.publish(publications);
        throw new DanmuxError('unavailable');
      });
      mustRefuse(await call('POST', path, gift, { headers }), 'unavailable');
      fixture.gate.restore('ingress.publish');
      const retried = await call('POST', path, gift, { headers });
      assert.equal(retried.status, 202);
      assert.equal(retried.headers.get('idempotent-replayed'), null);
      assert.match(retried.body.id, /^[\x21-\x7e]{26,64}$/);
      assert.equal(await fixture.accepted(), 1);
    });

    test('a claim whose reply was lost is released, so a retry runs without waiting', async () => {
      fixture.gate.replace('claims.begin', async (...args) => {
        await fixture.bus.claims.begin(...args);
        throw new DanmuxError('unavailable');
      });
      mustRefuse(await call('POST', path, gift, { headers }), 'unavailable');
      fixture.gate.restore('claims.begin');
      await eventually(async () => assert.equal((await call('POST', path, gift, { headers })).status, 202));
    });

    test('a request that failed to claim the key does not remove the answer of another request', async () => {
      const first = await call('POST', path, gift, { headers });
      let tell = () => {};
      const given = new Promise<void>((resolve) => {
        tell = resolve;
      });
      fixture.gate.replace('claims.begin', () => Promise.reject(new DanmuxError('unavailable')));
      fixture.gate.replace('claims.forget', (...args) => fixture.bus.claims.forget(...args).finally(tell));
      mustRefuse(await call('POST', path, gift, { headers }), 'unavailable');
      await given;
      fixture.gate.restore('claims.begin');
      const again = await call('POST', path, gift, { headers });
      assert.deepEqual([again.headers.get('idempotent-replayed'), again.body], ['true', first.body]);
    });

    test('an internal error and a full lane are not stored', async () => {
      for (const error of [new Error('a bug'), new DanmuxError('lane_full')]) {
        fixture.gate.replace('ingress.publish', () => Promise.reject(error));
        assert.ok((await call('POST', path, gift, { headers })).status >= 500);
      }
      fixture.gate.restore('ingress.publish');
      assert.equal((await call('POST', path, gift, { headers })).status, 202);
    });

    test('an answer that a retry cannot change is stored, also a refusal', async () => {
      const bad = { ...gift, type: 'zzz' };
      mustRefuse(await call('POST', path, bad, { headers }), 'unknown_type');
      const again = await call('POST', path, bad, { headers });
      assert.deepEqual([again.status, again.headers.get('idempotent-replayed'), again.headers.get('content-type')], [400, 'true', 'application/problem+json']);
    });

    test('a retry of a batch with retryable refusals stores no message twice', async () => {
      fixture.gate.replace('ingress.publish', async (publications) => {
        const [stored] = await fixture.bus.ingress.publish(publications.slice(0, 1));
        return [stored ?? new Error('nothing stored'), new DanmuxError('unavailable')];
      });
      const first = await call('POST', '/v1/messages/batch', batch, { headers });
      assert.deepEqual(
        first.body.results.map(({ status }: { status: number }) => status),
        [202, 503],
      );
      fixture.gate.restore('ingress.publish');
      const second = await call('POST', '/v1/messages/batch', batch, { headers });
      assert.equal(second.headers.get('idempotent-replayed'), null);
      assert.deepEqual(
        second.body.results.map(({ status }: { status: number }) => status),
        [202, 202],
      );
      assert.equal(second.body.results[0].id, first.body.results[0].id);
      assert.notEqual(second.body.results[1].id, second.body.results[0].id);
      assert.equal(await fixture.accepted(), 2);
    });

    test('a late retry of a batch sends only the messages with retryable refusals', async () => {
      // As long after the first request as messages are known by their ids.
      const late = await open({ 'messages.dedupe_gift_ms': 1, 'messages.dedupe_chat_ms': 1 });
      const rows = ['a', 'b', 'c'].map((room) => ({ room, ...gift }));
      const messages = [...rows, { room: 'd', ...gift, id: 'order-1', delay_ms: 60_000 }, { room: 'e e', ...gift }];
      const given: string[][] = [];
      // One of what it is given is stored, the rest finds its lane full.
      late.gate.replace('ingress.publish', async (publications) => {
        given.push(publications.map(({ room }) => room));
        const stored = await late.bus.ingress.publish(publications.slice(0, 1));
        return publications.map((_, index) => stored[index] ?? new DanmuxError('lane_full'));
      });
      const send = () => late.call('POST', '/v1/messages/batch', { messages }, { headers });
      const answers = [await send(), await send(), await send(), await send()];
      assert.deepEqual(given, [['a', 'b', 'c'], ['b', 'c'], ['c']]);
      const of = (key: 'status' | 'id' | 'job') => answers.map(({ body }) => body.results.map((result: Record<string, unknown>) => result[key]));
      const whole = [202, 202, 202, 202, 400];
      assert.deepEqual(of('status'), [[202, 503, 503, 202, 400], [202, 202, 503, 202, 400], whole, whole]);
      const [ids = []] = of('id').slice(-1);
      assert.deepEqual(of('id'), [[ids[0], undefined, undefined, 'order-1', undefined], [ids[0], ids[1], undefined, 'order-1', undefined], ids, ids]);
      assert.equal(new Set(of('job').map(([, , , job]) => job)).size, 1);
      assert.deepEqual(
        answers.map(({ headers: got }) => got.get('idempotent-replayed')),
        [null, null, null, 'true'],
      );
      assert.equal(await late.accepted(), 3);
    });

    test('accepted messages of a batch belong to its body and are reported even when all others fail again', async () => {
      fixture.gate.replace('ingress.publish', async (publications) => [
        ...(await fixture.bus.ingress.publish(publications.slice(0, 1))),
        ...publications.slice(1).map(() => new DanmuxError('unavailable')),
      ]);
      const first = await call('POST', '/v1/messages/batch', batch, { headers });
      mustRefuse(await call('POST', '/v1/messages/batch', { messages: batch.messages.slice(1) }, { headers }), 'idempotency_mismatch');
      fixture.gate.replace('ingress.publish', async (publications) => publications.map(() => new DanmuxError('unavailable')));
      const second = await call('POST', '/v1/messages/batch', batch, { headers });
      assert.deepEqual(second.body.results[0], first.body.results[0]);
      assert.equal(second.body.results[1].status, 503);
    });

    test('a batch whose completed work could not be stored is answered, and its ids prevent duplicates', async () => {
      fixture.gate.replace('ingress.publish', async (publications) => [
        ...(await fixture.bus.ingress.publish(publications.slice(0, 1))),
        new DanmuxError('unavailable'),
      ]);
      fixture.gate.replace('claims.finish', () => Promise.reject(new DanmuxError('unavailable')));
      assert.equal((await call('POST', '/v1/messages/batch', batch, { headers })).body.results[0].status, 202);
      fixture.gate.restore('ingress.publish');
      fixture.gate.restore('claims.finish');
      await call('POST', '/v1/messages/batch', batch, { headers });
      assert.equal(await fixture.accepted(), 2);
      assert.ok(fixture.lines.some((line) => line.includes('could not store the completed work')));
    });

    test('the answer of a batch with permanent refusals is stored', async () => {
      const wrong = { messages: [...batch.messages, { room: 'b b', ...gift }] };
      const first = await call('POST', '/v1/messages/batch', wrong, { headers });
      const again = await call('POST', '/v1/messages/batch', wrong, { headers });
      assert.deepEqual([again.headers.get('idempotent-replayed'), again.body], ['true', first.body]);
    });

    test('an answer with a secret is stored encrypted and replayed', async () => {
      const kept: string[] = [];
      fixture.gate.replace('claims.finish', (...args) => {
        kept.push(args[3]);
        return fixture.bus.claims.finish(...args);
      });
      for (const [where, body, secret] of secretRequests) {
        const first = await call('POST', where, body, { headers });
        const again = await call('POST', where, body, { headers });
        assert.deepEqual([again.headers.get('idempotent-replayed'), again.body], ['true', first.body]);
        assert.ok(!kept.pop()?.includes(first.body[secret]), `${where} keeps its answer in clear`);
      }
      assert.deepEqual(kept, []);
    });

    test('an answer that cannot be stored is still sent; the failure is counted and logged', async () => {
      fixture.gate.replace('claims.finish', () => Promise.reject(new DanmuxError('unavailable')));
      assert.equal((await call('POST', path, gift, { headers })).status, 202);
      assert.equal((await fixture.runtime.metrics.caught.get()).values.find(({ labels }) => labels['where'] === 'idempotency')?.value, 1);
      assert.ok(fixture.lines.some((line) => line.includes('could not store the answer')));
    });

    if (engine === 'redis') {
      test('another api of the cluster replays the answer', async () => {
        const other = await open();
        const first = await call('POST', path, gift, { headers });
        const again = await other.call('POST', path, gift, { headers });
        assert.deepEqual([again.headers.get('idempotent-replayed'), again.body], ['true', first.body]);
        assert.equal(await fixture.accepted(), 1);
      });

      test('an api with another viewer.token_secret cannot replay an encrypted answer', async () => {
        const other = await open({ 'viewer.token_secret': 't'.repeat(32) });
        for (const [where, body] of secretRequests) {
          const first = await call('POST', where, body, { headers });
          assert.ok(first.status < 300, JSON.stringify(first.body));
          mustRefuse(await other.call('POST', where, body, { headers }), 'conflict');
        }
      });
    }
  });
}
