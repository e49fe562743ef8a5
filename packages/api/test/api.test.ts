// Every route of the admin API: what it does, and each way it refuses.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { DanmuxError, type ErrorCode, errors } from '@danmux/protocol';
import { verifyViewerToken } from '@danmux/runtime';
import { openApiDocument } from '../src/index.ts';
import { type Answer, type ApiFixture, apiKey, startApi } from './api-fixture.ts';
import { eventually } from './eventually.ts';

let fixture: ApiFixture;
let call: ApiFixture['call'];
beforeEach(async () => {
  fixture = await startApi();
  call = fixture.call;
});
afterEach(() => fixture.close());

const path = '/v1/rooms/live:1/messages';
const gift = { type: 'gift', data: { gift: 'rocket' } };

function mustRefuse(answer: Answer, code: ErrorCode): void {
  assert.equal(answer.body.code, code, JSON.stringify(answer.body));
  assert.equal(answer.status, errors[code].status);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  assert.equal(answer.body.status, answer.status);
  assert.equal(answer.body.instance, answer.headers.get('x-trace-id'));
  assert.ok(answer.body.detail.length > 0);
}

async function accepted(): Promise<number> {
  return Object.values((await fixture.bus.ledger()).accepted).reduce((sum, count) => sum + count, 0);
}

describe('publishing', () => {
  test('a message is stored before the 202 and reads as it was given', async () => {
    const answer = await call('POST', path, { ...gift, from: { id: 'u1', name: '小明', badge: 'gold' }, id: 'order-1' });
    assert.equal(answer.status, 202);
    assert.deepEqual(answer.body, { id: 'order-1', room: 'live:1', lane: 'gift' });
    assert.equal((await fixture.bus.ledger()).accepted.gift, 1);
    await eventually(async () => assert.equal((await fixture.bus.heads('live:1')).offsets.gift, 1));
    const { msgs } = (await call('GET', '/v1/rooms/live:1/history?lane=gift')).body;
    assert.deepEqual(
      { ...msgs[0], ts: 0 },
      { id: 'order-1', lane: 'gift', offset: 1, type: 'gift', from: { id: 'u1', name: '小明', badge: 'gold' }, data: { gift: 'rocket' }, ts: 0 },
    );
  });

  test('the type decides the lane; an application may add types', async () => {
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
    const own = await startApi({ 'messages.types': { vip: { lane: 'gift', viewer: false } } });
    assert.equal((await own.call('POST', path, { type: 'vip', data: 1 })).body.lane, 'gift');
    await own.close();
  });

  test('the same id twice in a room is one message', async () => {
    for (let i = 0; i < 3; i++) assert.equal((await call('POST', path, { ...gift, id: 'once' })).status, 202);
    assert.equal((await call('POST', '/v1/rooms/live:2/messages', { ...gift, id: 'once' })).status, 202);
    assert.equal((await fixture.bus.ledger()).accepted.gift, 2);
  });

  test('what is wrong is named, and nothing is accepted', async () => {
    const cases: [unknown, ErrorCode, string?][] = [
      [{ data: 1 }, 'invalid_request', 'type'],
      [{ type: 'gift' }, 'invalid_request', 'data'],
      [{ ...gift, extra: 1 }, 'invalid_request', 'extra'],
      [{ ...gift, from: { name: 'x' } }, 'invalid_request', 'from.id'],
      [{ ...gift, id: 'with space' }, 'invalid_request', 'id'],
      [{ ...gift, id: 'x'.repeat(65) }, 'invalid_request', 'id'],
      [{ ...gift, id: 5 }, 'invalid_request', 'id'],
      [[], 'invalid_request'],
      [null, 'invalid_request'],
      ['5', 'invalid_request'],
      [{ ...gift, type: 'unheard-of' }, 'unknown_type'],
      [{ ...gift, type: 'constructor' }, 'unknown_type'],
      [{ ...gift, data: 'x'.repeat(40_000) }, 'too_large'],
      ['{', 'invalid_json'],
      ['', 'invalid_json'],
      ['[1] trailing', 'invalid_json'],
      [`{"type":"gift","data":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 'invalid_json'],
      ['{"type":"gift","data":{"__proto__":{"admin":true}}}', 'invalid_json'],
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
    mustRefuse(await call('POST', path, JSON.stringify(gift), { headers: { 'content-type': 'text/plain' } }), 'unsupported_media_type');
    mustRefuse(await call('POST', path, `"${'x'.repeat(1_100_000)}"`), 'too_large');
    assert.equal(await accepted(), 0);
  });

  test('a room name is checked however it is written', async () => {
    for (const name of ['%20', 'a%2Fb', '..%2f', '%00', '-x', '直播', 'x'.repeat(129), 'a%0Ab', '*']) {
      mustRefuse(await call('POST', `/v1/rooms/${name}/messages`, gift), 'invalid_room');
    }
    assert.equal((await call('POST', '/v1/rooms/live%3A1/messages', gift)).body.room, 'live:1');
  });

  test('a full lane and a store that is away are 503 with the time to come back', async () => {
    fixture.overrides.publish = async (publications) => publications.map(() => new DanmuxError('lane_full', { retryAfterMs: 1_500 }));
    const full = await call('POST', path, gift);
    mustRefuse(full, 'lane_full');
    assert.equal(full.headers.get('retry-after'), '2');
    fixture.overrides.publish = async (publications) => publications.map(() => new DanmuxError('unavailable', { retryAfterMs: 1_000 }));
    mustRefuse(await call('POST', path, gift), 'unavailable');
  });

  test('a failure of ours tells nothing of itself, and is in the log under its trace id', async () => {
    fixture.overrides.publish = async () => {
      throw new Error('a secret detail');
    };
    const answer = await call('POST', path, gift);
    mustRefuse(answer, 'internal');
    assert.ok(!JSON.stringify(answer.body).includes('secret detail'));
    assert.ok(fixture.lines.some((line) => line.includes('a secret detail') && line.includes(answer.body.instance)));
  });

  test('a batch accepts and refuses each message by itself, in order', async () => {
    const { status, body } = await call('POST', '/v1/messages/batch', {
      messages: [
        { room: 'a', ...gift, id: '1' },
        { room: 'b b', ...gift },
        { room: 'a', type: 'zzz', data: 1 },
        { room: 'a', ...gift, id: '2' },
        { room: 'a', ...gift, id: '1' },
      ],
    });
    assert.equal(status, 200);
    assert.deepEqual(
      body.results.map((result: { status: number; code?: string; id?: string }) => [result.status, result.code ?? result.id]),
      [
        [202, '1'],
        [400, 'invalid_room'],
        [400, 'unknown_type'],
        [202, '2'],
        [202, '1'],
      ],
    );
    await eventually(async () => assert.equal((await fixture.bus.heads('a')).offsets.gift, 2));
    const { msgs } = await fixture.bus.history('a', 'gift', undefined, 10);
    assert.deepEqual(
      msgs.map((text) => JSON.parse(text).id),
      ['1', '2'],
    );
  });

  test('a batch has 1 to 1,000 messages, and fails as a whole when nothing can be stored', async () => {
    mustRefuse(await call('POST', '/v1/messages/batch', { messages: [] }), 'invalid_request');
    mustRefuse(await call('POST', '/v1/messages/batch', { messages: Array.from({ length: 1_001 }, () => ({ room: 'a', ...gift })) }), 'invalid_request');
    const most = await call('POST', '/v1/messages/batch', { messages: Array.from({ length: 1_000 }, () => ({ room: 'a', ...gift })) });
    assert.equal(most.body.results.filter((result: { status: number }) => result.status === 202).length, 1_000);
    fixture.overrides.publish = async (publications) => publications.map(() => new DanmuxError('unavailable'));
    mustRefuse(await call('POST', '/v1/messages/batch', { messages: [{ room: 'a', ...gift }] }), 'unavailable');
  });
});

describe('keys', () => {
  test('Bearer and X-API-Key are the same; a wrong, missing or doubled one is 401', async () => {
    assert.equal((await call('GET', '/v1/stats')).status, 200);
    assert.equal((await call('GET', '/v1/stats', undefined, { key: null, headers: { 'x-api-key': apiKey } })).status, 200);
    assert.equal((await call('GET', '/v1/stats', undefined, { key: null, headers: { authorization: `bearer ${apiKey}` } })).status, 200);
    for (const headers of [
      {},
      { 'x-api-key': 'nope' },
      { authorization: 'Basic abc' },
      { authorization: apiKey },
      { authorization: 'Bearer ' },
      { 'x-api-key': `${apiKey} x` },
      { 'x-api-key': apiKey, authorization: `Bearer ${apiKey}` },
    ]) {
      mustRefuse(await call('GET', '/v1/stats', undefined, { key: null, headers: headers as Record<string, string> }), 'unauthorized');
    }
  });

  test('the same header twice is refused, whichever of them is right', async () => {
    const { port } = new URL(fixture.url);
    const raw = `GET /v1/stats HTTP/1.1\r\nHost: x\r\nX-API-Key: ${apiKey}\r\nX-API-Key: ${apiKey}\r\nConnection: close\r\n\r\n`;
    const text = await new Promise<string>((resolve) => {
      let got = '';
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(raw));
      socket.on('data', (data) => {
        got += data.toString();
      });
      socket.on('close', () => resolve(got));
    });
    assert.match(text, /^HTTP\/1.1 401 /);
  });

  test('keys may be given as hashes; none is ever logged', async () => {
    const second = 'another-key-0123456789-0123456789-0123';
    const both = await startApi({ 'api.key_hashes': [createHash('sha256').update(second).digest('hex')] });
    assert.equal((await both.call('GET', '/v1/stats', undefined, { key: second })).status, 200);
    assert.equal((await both.call('GET', '/v1/stats')).status, 200);
    await both.call('GET', '/v1/stats', undefined, { key: 'a-wrong-key' });
    await both.close();
    for (const secret of [second, apiKey, 'a-wrong-key']) assert.ok(!both.lines.join('').includes(secret));
  });

  test('a key that asks too often is told when to come back; shedding off lifts the limit', async () => {
    const strict = await startApi({ 'api.per_minute': 20 });
    const codes = [];
    for (let i = 0; i < 4; i++) codes.push((await strict.call('GET', '/v1/stats')).status);
    assert.deepEqual(codes, [200, 200, 429, 429]);
    const refused = await strict.call('GET', '/v1/stats');
    mustRefuse(refused, 'rate_limited');
    assert.ok(Number(refused.headers.get('retry-after')) >= 1);
    await strict.close();
    const open = await startApi({ 'api.per_minute': 20, shedding: 'off' });
    for (let i = 0; i < 5; i++) assert.equal((await open.call('GET', '/v1/stats')).status, 200);
    await open.close();
  });
});

describe('Idempotency-Key', () => {
  const headers = { 'idempotency-key': 'pay-1' };

  test('the same key and body get the first answer again, one message is sent', async () => {
    const first = await call('POST', path, gift, { headers });
    const again = await call('POST', path, gift, { headers });
    assert.deepEqual([again.status, again.body], [first.status, first.body]);
    assert.equal(first.headers.get('idempotent-replayed'), null);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.equal(await accepted(), 1);
  });

  test('another body is 422; another key, route or API key is another request', async () => {
    await call('POST', path, gift, { headers });
    mustRefuse(await call('POST', path, { ...gift, data: 2 }, { headers }), 'idempotency_mismatch');
    assert.equal((await call('POST', '/v1/rooms/live:2/messages', gift, { headers })).status, 202);
    assert.equal((await call('POST', path, gift, { headers: { 'idempotency-key': 'pay-2' } })).status, 202);
    for (const bad of ['', 'a b', 'x'.repeat(65)]) {
      const answer = await call('POST', path, gift, { headers: { 'idempotency-key': bad } });
      if (bad !== '') mustRefuse(answer, 'invalid_request');
    }
  });

  test('while the first is under way a second is 409', async () => {
    let release = () => {};
    const barrier = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { publish } = fixture.bus;
    let begun = () => {};
    const started = new Promise<void>((resolve) => {
      begun = resolve;
    });
    fixture.overrides.publish = async (publications) => {
      begun();
      await barrier;
      return publish.call(fixture.bus, publications);
    };
    const first = call('POST', path, gift, { headers });
    await started;
    const second = await call('POST', path, gift, { headers });
    mustRefuse(second, 'idempotency_in_flight');
    assert.equal(second.headers.get('retry-after'), '1');
    release();
    assert.equal((await first).status, 202);
    assert.equal((await call('POST', path, gift, { headers })).headers.get('idempotent-replayed'), 'true');
  });

  test('a failure is not kept: the retry runs, and is the same message even when the first was stored', async () => {
    const { publish } = fixture.bus;
    fixture.overrides.publish = async (publications) => {
      await publish.call(fixture.bus, publications);
      throw new DanmuxError('unavailable');
    };
    mustRefuse(await call('POST', path, gift, { headers }), 'unavailable');
    fixture.overrides.publish = (publications) => publish.call(fixture.bus, publications);
    const retried = await call('POST', path, gift, { headers });
    assert.equal(retried.status, 202);
    assert.equal(await accepted(), 1);
    const batch = {
      messages: [
        { room: 'a', ...gift },
        { room: 'a', ...gift },
      ],
    };
    const ids = async () => (await call('POST', '/v1/messages/batch', batch, { headers })).body.results.map((result: { id: string }) => result.id);
    const [one, two] = await ids();
    assert.notEqual(one, two);
    assert.deepEqual(await ids(), [one, two]);
  });

  test('an answer that would be the same again is kept, refusals too', async () => {
    const bad = { ...gift, type: 'zzz' };
    mustRefuse(await call('POST', path, bad, { headers }), 'unknown_type');
    const again = await call('POST', path, bad, { headers });
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.equal(again.status, 400);
  });
});

describe('reading', () => {
  test('a room, its history by lane and page', async () => {
    for (let i = 1; i <= 5; i++) await call('POST', path, { type: 'chat', data: i, id: `c${i}` });
    await eventually(async () => assert.equal((await fixture.bus.heads('live:1')).offsets.chat, 5));
    await fixture.bus.reportPresence('edge', new Map([['live:1', 7]]), 60_000);
    const room = (await call('GET', '/v1/rooms/live:1')).body;
    assert.deepEqual([room.room, room.online, room.positions.chat.offset], ['live:1', 7, 5]);
    const page = (await call('GET', '/v1/rooms/live:1/history?limit=2')).body;
    assert.deepEqual([page.msgs.map((msg: { id: string }) => msg.id), page.more], [['c4', 'c5'], true]);
    const older = (await call('GET', '/v1/rooms/live:1/history?lane=chat&before=4&limit=10')).body;
    assert.deepEqual([older.msgs.map((msg: { id: string }) => msg.id), older.more], [['c1', 'c2', 'c3'], false]);
    for (const query of ['lane=ambient', 'limit=0', 'limit=201', 'limit=x', 'before=0', 'before=-1', 'other=1']) {
      mustRefuse(await call('GET', `/v1/rooms/live:1/history?${query}`), 'invalid_request');
    }
    mustRefuse(await call('GET', '/v1/rooms/a%20b'), 'invalid_room');
  });

  test('stats add up', async () => {
    await call('POST', path, gift);
    await call('POST', path, { type: 'chat', data: 1 });
    await fixture.bus.reportPresence(
      'edge',
      new Map([
        ['live:1', 3],
        ['live:2', 4],
      ]),
      60_000,
    );
    await eventually(async () => assert.equal((await fixture.bus.ledger()).sequenced.chat, 1));
    const { body } = await call('GET', '/v1/stats');
    assert.deepEqual([body.rooms, body.online], [2, 7]);
    assert.deepEqual(body.accepted, { control: 0, gift: 1, chat: 1, ambient: 0 });
    assert.deepEqual(body.sequenced, body.accepted);
    assert.deepEqual(body.nodes.map((node: { role: string }) => node.role).sort(), ['api', 'relay']);
  });

  test('nodes are the members, each with role, address, version and load', async () => {
    const { nodes } = (await call('GET', '/v1/nodes')).body;
    assert.deepEqual(
      nodes.map((node: { role: string }) => node.role),
      ['api', 'relay'],
    );
    assert.equal(`http://${nodes[0].address}`, fixture.url);
    assert.equal(nodes[0].version, '0');
    await eventually(async () => assert.equal((await call('GET', '/v1/nodes')).body.nodes[1].load, 1));
  });

  test('a token carries the claims it was asked for', async () => {
    const { status, body } = await call('POST', '/v1/tokens', { sub: 'u1', name: '小明', level: 3, rooms: ['live:*'], ttl_s: 60 });
    assert.equal(status, 200);
    const claims = await verifyViewerToken(fixture.runtime.config.viewer, body.token, Date.now());
    assert.deepEqual([claims.sub, claims.name, claims.level, claims.rooms, claims.exp * 1_000], ['u1', '小明', 3, ['live:*'], body.expires_at]);
    for (const bad of [{}, { sub: '' }, { sub: 'u', ttl_s: 0 }, { sub: 'u', ttl_s: 90_000 }, { sub: 'u', admin: true }])
      mustRefuse(await call('POST', '/v1/tokens', bad), 'invalid_request');
  });
});

describe('around the routes', () => {
  test('an unknown route is 404, a wrong method 405 with Allow', async () => {
    mustRefuse(await call('GET', '/v2/x'), 'not_found');
    mustRefuse(await call('GET', '/v1'), 'not_found');
    for (const [method, where, allow] of [
      ['GET', path, 'POST'],
      ['DELETE', '/v1/tokens', 'POST'],
      ['POST', '/v1/stats', 'GET'],
      ['PUT', '/v1/rooms/live:1', 'GET'],
    ] as const) {
      const answer = await call(method, where);
      mustRefuse(answer, 'method_not_allowed');
      assert.equal(answer.headers.get('allow'), allow);
    }
  });

  test('a trace id given as traceparent is used, and goes with the message', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const answer = await call('POST', path, gift, { headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` } });
    assert.equal(answer.headers.get('x-trace-id'), trace);
    await eventually(() =>
      assert.deepEqual(
        fixture.lines
          .map((line) => JSON.parse(line))
          .filter((line) => line.trace === trace)
          .map((line) => line.hop),
        ['api', 'relay'],
      ),
    );
  });

  test('pages, probes and documents are public and guarded by headers', async () => {
    for (const where of ['/', '/docs/', '/openapi.json', '/healthz', '/readyz', '/metrics']) {
      const answer = await call('GET', where, undefined, { key: null });
      assert.equal(answer.status, 200, where);
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
      assert.ok(answer.headers.get('content-security-policy'), where);
    }
    assert.match((await call('GET', '/metrics')).body, /danmux_accepted_total/);
  });

  test('the demo hands out tokens only where it is switched on', async () => {
    mustRefuse(await call('POST', '/demo/token', { room: 'live:1' }, { key: null }), 'not_found');
    const demo = await startApi({ 'api.demo': true });
    const { body } = await demo.call('POST', '/demo/token', { room: 'live:1', name: '我' }, { key: null });
    const claims = await verifyViewerToken(demo.runtime.config.viewer, body.token, Date.now());
    assert.deepEqual([claims.rooms, claims.name, claims.sub], [['live:1'], '我', body.user.id]);
    mustRefuse(await demo.call('POST', '/demo/token', { room: 'a b' }, { key: null }), 'invalid_room');
    mustRefuse(await demo.call('GET', '/demo/config.json', undefined, { key: null }), 'unavailable');
    await demo.bus.announce({ id: 'e', role: 'edge', address: '127.0.0.1:7700', version: '0', load: 0 }, 60_000);
    assert.deepEqual((await demo.call('GET', '/demo/config.json', undefined, { key: null })).body, { edges: ['http://127.0.0.1:7700'] });
    await demo.close();
  });

  test('the document names every code a route answers with, and only codes of the table', async () => {
    const document = (await openApiDocument()) as {
      openapi: string;
      paths: Record<string, Record<string, { responses: Record<string, { description: string }> }>>;
    };
    assert.equal(document.openapi, '3.1.0');
    assert.deepEqual(Object.keys(document.paths).sort(), [
      '/v1/messages/batch',
      '/v1/nodes',
      '/v1/rooms/{room}',
      '/v1/rooms/{room}/history',
      '/v1/rooms/{room}/messages',
      '/v1/stats',
      '/v1/tokens',
    ]);
    for (const operation of Object.values(document.paths).flatMap((methods) => Object.values(methods))) {
      for (const [status, { description }] of Object.entries(operation.responses).filter(([code]) => Number(code) >= 400)) {
        for (const [, code] of description.matchAll(/`([a-z_]+)`:/g)) assert.equal(String(errors[code as ErrorCode]?.status), status);
      }
    }
  });

  test('through a drain every request that is answered succeeds', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    const outcomes: (number | string)[] = [];
    let stop = false;
    const ask = () =>
      new Promise<void>((resolve) => {
        const asked = request(`${fixture.url}/v1/stats`, { agent, headers: { 'x-api-key': apiKey } }, (response) => {
          outcomes.push(response.statusCode ?? 0);
          response.resume().once('end', resolve);
        });
        asked.once('error', (error: NodeJS.ErrnoException) => {
          // A connection the kernel took and nobody accepted any more ends like one that was refused.
          outcomes.push(asked.reusedSocket ? (error.code ?? 'error') : 'not accepted');
          resolve();
        });
        asked.end();
      });
    const hammering = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (!stop) await ask();
      }),
    );
    await eventually(() => assert.notEqual(outcomes.length, 0));
    await fixture.api.drain();
    await fixture.api.stop();
    stop = true;
    await hammering;
    agent.destroy();
    assert.deepEqual(
      [...new Set(outcomes)].filter((outcome) => outcome !== 200 && outcome !== 'not accepted'),
      [],
    );
  });
});
