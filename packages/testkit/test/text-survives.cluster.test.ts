// The `data` of a message keeps the digits of its numbers and arrives with well-formed Unicode, through every input and output of danmux.
// PHP and Python can decode every output.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { signViewerToken } from '@danmux/runtime';
import { testConfig } from '@danmux/testkit/unit';
import { composeNode, type Node, parseRoles } from 'danmux';
import fc from 'fast-check';
import { eventually, type RedisServer, startRedis } from '../src/index.ts';
import { RawViewer } from './raw-viewer.ts';

const room = 'live:text';
const apiKey = 'k'.repeat(40);
const tokens = { token_secret: 's'.repeat(40), token_issuer: '', token_audience: '' };
const pusher = { key: 'app-key', secret: 'p'.repeat(32) };
const webhookSecret = `whsec_${Buffer.from('a secret of twenty-four bytes').toString('base64')}`;

/** JSON text as sent, and as it must arrive. */
interface Data {
  readonly sent: string;
  readonly arrives: string;
}

const digits = fc.oneof(
  fc.constantFrom('9007199254740993', '-0', '1.0', '1E2', '1e-400', '0.100000000000000000000000000001', '18446744073709551615'),
  fc.stringMatching(/^-?(0|[1-9]\d{0,40})(\.\d{1,30})?([eE][+-]?\d{1,2})?$/),
);
/** UTF-8 cannot encode lone surrogates. */
const wellFormed = (text: string) => Buffer.from(text).toString();
/** Lone surrogates among ordinary characters, as JSON escapes because UTF-8 cannot encode them. */
const texts = fc
  .array(fc.constantFrom('a', '弹', '😀', '\\ud83d', '\\ude00', '\\uDBFF', '\\"', '\\\\', '\\n', 'x: 1.0,', '\\u0000'), { maxLength: 8 })
  .map((units): Data => ({ sent: `"${units.join('')}"`, arrives: JSON.stringify(wellFormed(JSON.parse(`"${units.join('')}"`) as string)) }));
const { value: values } = fc.letrec<{ value: Data }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    digits.map((text): Data => ({ sent: text, arrives: text })),
    texts,
    fc
      .array(tie('value'), { maxLength: 3 })
      .map((items): Data => ({ sent: `[ ${items.map(({ sent }) => sent).join(' ,')}]`, arrives: `[${items.map(({ arrives }) => arrives)}]` })),
    fc.array(tie('value'), { maxLength: 3 }).map(
      (items): Data => ({
        sent: `{${items.map(({ sent }, index) => `"k${index}\\ud83d" : ${sent}`)}}`,
        arrives: `{${items.map(({ arrives }, index) => `"k${index}\ufffd":${arrives}`)}}`,
      }),
    ),
  ),
}));

let made = 0;
/** Data unique to each test. */
function someData(count: number): Data[] {
  return fc.sample(values, count).map(({ sent, arrives }) => {
    const name = `n${++made}`;
    return {
      sent: `{ "n":"${name}", "order" : 9007199254740993,"half":"x\\ud83d","v":${sent}}`,
      arrives: `{"n":"${name}","order":9007199254740993,"half":"x\ufffd","v":${arrives}}`,
    };
  });
}

for (const engine of ['memory', 'redis'] as const) {
  describe(`digits and characters survive on ${engine}`, () => {
    const dir = mkdtempSync(join(tmpdir(), 'danmux-text-'));
    const hooked: string[] = [];
    const hooks = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        hooked.push(Buffer.concat(parts).toString());
        response.writeHead(204).end();
      });
    });
    let redis: RedisServer | undefined;
    let node: Node;
    let viewer: RawViewer;
    let auth: string;

    before(async () => {
      redis = engine === 'redis' ? await startRedis() : undefined;
      await new Promise<void>((resolve) => hooks.listen(0, '127.0.0.1', resolve));
      const set = {
        ...{ 'viewer.token_secret': tokens.token_secret, 'api.key': apiKey, 'log.level': 'silent', shedding: 'off', shards: 4 },
        ...{ 'edge.port': 0, 'api.port': 0, 'relay.port': 0, 'worker.port': 0, 'edge.drain_ms': 50, 'api.drain_ms': 10 },
        ...{ 'pusher.app_id': 'app', 'pusher.key': pusher.key, 'pusher.secret': pusher.secret, 'archive.dir': dir },
        ...{ 'webhooks.url': `http://127.0.0.1:${(hooks.address() as AddressInfo).port}/`, 'webhooks.secret': webhookSecret },
        ...{ 'webhooks.allow_http': true, 'webhooks.allow_addresses': ['127.0.0.0/8'] },
        ...(redis ? { 'redis.url': redis.url } : {}),
      };
      node = composeNode(testConfig(set), parseRoles('all'));
      for (const part of node.parts) await part.start();
      auth = JSON.stringify({ token: (await signViewerToken(tokens, { sub: 'u1', name: 'Ann\ud83d' }, 600, Date.now())).token });
      viewer = await RawViewer.open(edge(), auth);
      await viewer.ask('join', `{"room":"${room}"}`);
      await viewer.ask('join', '{"room":"@me"}');
    });
    after(async () => {
      viewer?.close();
      for (const part of [...node.parts].reverse()) await part.drain?.();
      for (const part of [...node.parts].reverse()) await part.stop();
      hooks.close();
      await redis?.stop();
      rmSync(dir, { recursive: true, force: true });
    });

    const edge = () => node.addresses().edge ?? '';
    const call = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
      const response = await fetch(`http://${node.addresses().api}${path}`, {
        method,
        headers: { authorization: `Bearer ${apiKey}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body }),
      });
      return { status: response.status, text: await response.text() };
    };
    const post = async (path: string, body: string) => {
      const { status, text } = await call('POST', path, body);
      assert.ok(status < 300, `${path} answers ${status}: ${text}`);
    };
    const pusherEvent = (data: string) => {
      const body = JSON.stringify({ name: 'chat', channel: room, data });
      const md5 = createHash('md5').update(body).digest('hex');
      const query = `auth_key=${pusher.key}&auth_timestamp=${Math.floor(Date.now() / 1_000)}&auth_version=1.0&body_md5=${md5}`;
      const signature = createHmac('sha256', pusher.secret).update(`POST\n/apps/app/events\n${query}`).digest('hex');
      return post(`/apps/app/events?${query}&auth_signature=${signature}`, body);
    };
    const archived = () =>
      readdirSync(dir, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.jsonl'))
        .flatMap((file) => readFileSync(join(dir, file), 'utf8').trimEnd().split('\n'));
    const holdAll = (where: string, texts: readonly string[], all: readonly Data[]) => {
      const text = texts.join('\n');
      for (const { sent, arrives } of all) assert.ok(text.includes(`"data":${arrives}`), `${where} lacks ${arrives}\nsent as ${sent}`);
    };

    /** All outputs, each as JSON text. */
    const left: string[] = [];

    test('from every input to every output of a room', { timeout: 60_000 }, async () => {
      const all = someData(12);
      const [sent = [], posted = [], others = []] = [all.slice(0, 4), all.slice(4, 7), all.slice(7)];
      for (const [index, data] of sent.entries())
        assert.match(await viewer.ask('send', `{"room":"${room}", "type":"chat","data":${data.sent},"cid":"c${engine}${index}"}`), /"ok":true/);
      for (const data of posted) await post(`/v1/rooms/${room}/messages`, `{"type":"gift","data":${data.sent},"from":{"id":"b","score":9007199254740993}}`);
      await post(
        '/v1/messages/batch',
        `{"messages":[{"room":"${room}","type":"chat","data":${others[0]?.sent}},{"room":"${room}","type":"gift","data":${others[1]?.sent}}]}`,
      );
      await post('/v1/broadcasts', `{"rooms":["${room}"],"type":"notice","data":${others[2]?.sent}}`);
      await post(`/v1/rooms/${room}/messages`, `{"type":"notice","data":${others[3]?.sent},"delay_ms":1.0}`);
      await pusherEvent(others[4]?.sent ?? '');

      await eventually(() => holdAll('a live frame', viewer.frames, all), { timeoutMs: 8_000 });
      assert.match(viewer.frames.join(), /"from":\{"id":"b","score":9007199254740993\}/);
      const histories = async (ask: (lane: string) => Promise<string>) => Promise.all(['chat', 'gift', 'control'].map(ask));
      const viewerHistory = await histories((lane) => viewer.ask('history', `{"room":"${room}","lane":"${lane}","limit":200}`));
      const apiHistory = await histories(async (lane) => (await call('GET', `/v1/rooms/${room}/history?lane=${lane}&limit=200`)).text);
      const later = await RawViewer.open(edge(), auth);
      const epoch = (JSON.parse(await later.ask('join', `{"room":"${room}","history":0}`)) as { positions: Record<string, { epoch: string }> }).positions;
      await later.ask('leave', `{"room":"${room}"}`);
      const positions = JSON.stringify(Object.fromEntries(Object.entries(epoch).map(([lane, at]) => [lane, { epoch: at.epoch, offset: 0 }])));
      const joined = await later.ask('join', `{"room":"${room}","positions":${positions}}`);
      const fresh = await later.ask('join', `{"room":"${room}","history":200}`);
      later.close();
      holdAll('the history a viewer reads', viewerHistory, all);
      holdAll('the history the api reads', apiHistory, all);
      holdAll('a recovery', [joined], all);
      holdAll('a join', [fresh], all);
      await eventually(() => holdAll('webhooks', hooked, all), { timeoutMs: 8_000 });
      await eventually(() => holdAll('the archive', archived(), all), { timeoutMs: 8_000 });
      left.push(...viewer.frames, ...viewerHistory, ...apiHistory, joined, fresh, ...hooked, ...archived());
    });

    test("a user's own messages, live and missed", { timeout: 30_000 }, async () => {
      const all = someData(2);
      const before = JSON.parse(await viewer.ask('join', '{"room":"@me"}')) as { positions: object };
      for (const data of all) await post('/v1/users/u1/messages', `{"type":"gift","data":${data.sent}}`);
      await eventually(() => holdAll('a live frame', viewer.frames, all));
      const later = await RawViewer.open(edge(), auth);
      const missed = await later.ask('join', `{"room":"@me","positions":${JSON.stringify(before.positions)}}`);
      later.close();
      holdAll('a recovery', [missed], all);
      left.push(missed);
    });

    test('in approved, masked and recalled messages', { timeout: 30_000 }, async () => {
      assert.equal((await call('PUT', '/v1/words/hold', '{"action":"hold","words":["holdme"]}')).status, 200);
      assert.equal((await call('PUT', '/v1/words/mask', '{"action":"mask","words":["maskme"]}')).status, 200);
      const send = (data: string) => viewer.ask('send', `{"room":"${room}","type":"chat","data":${data},"cid":"w${++made}"}`);
      await eventually(async () => assert.match(await send('{"t":"holdme"}'), /"held":true/));
      const { id } = JSON.parse(await send('{"t":"holdme","order":9007199254740993,"half":"\\ud83d"}')) as { id: string };
      await send('{"t":"maskme now","order":9007199254740993,"price":1.0}');
      const reviews = (await call('GET', '/v1/reviews')).text;
      holdAll('the reviews', [reviews], [{ sent: '', arrives: '{"t":"holdme","order":9007199254740993,"half":"\ufffd"}' }]);
      assert.equal((await call('POST', `/v1/reviews/${id}/approve`)).status, 202);
      const shown = [
        { sent: '', arrives: '{"t":"holdme","order":9007199254740993,"half":"\ufffd"}' },
        { sent: '', arrives: '{"t":"****** now","order":9007199254740993,"price":1.0}' },
      ];
      await eventually(() => holdAll('a live frame', viewer.frames, shown));
      await eventually(() => assert.match(hooked.join('\n'), /"moderation.held".*"data":\{"t":"holdme","order":9007199254740993/));

      const { id: recalled } = JSON.parse(await send('{"t":"taken back"}')) as { id: string };
      assert.equal((await call('DELETE', `/v1/rooms/${room}/messages/${recalled}`)).status, 200);
      const later = await RawViewer.open(edge(), auth);
      const joined = await later.ask('join', `{"room":"${room}","history":200}`);
      later.close();
      holdAll('a join after a recall', [joined], shown);
      left.push(reviews, joined, ...hooked);
    });

    test('PHP and Python decode every output', { timeout: 60_000 }, () => {
      assert.ok(left.length > 10);
      const file = join(dir, 'left.txt');
      writeFileSync(file, left.join('\n'));
      const php =
        'foreach (file($argv[1]) as $line) { json_decode($line, false, 64, JSON_THROW_ON_ERROR); json_decode($line, true, 64, JSON_THROW_ON_ERROR); } echo "read";';
      const python =
        'import json,sys\nfor line in open(sys.argv[1], encoding="utf-8"): json.dumps(json.loads(line), ensure_ascii=False).encode("utf-8")\nprint("read", end="")';
      assert.equal(execFileSync('php', ['-r', php, file], { encoding: 'utf8' }), 'read');
      assert.equal(execFileSync('python3', ['-c', python, file], { encoding: 'utf8' }), 'read');
    });

    test('undecodable values are refused with an error that names the field', async () => {
      for (const [data, why] of [
        ['{"a":[1e400]}', /data\.a\.0 is 1e400/],
        [`{"a":${'9'.repeat(400)}}`, /data\.a is 9/],
        [`${'['.repeat(40)}${']'.repeat(40)}`, /deeper than 32/],
        ['{"__proto__":1}', /__proto__/],
        ['{"\\u0000a":1}', /U\+0000/],
      ] as const) {
        const answer = await viewer.ask('send', `{"room":"${room}","type":"chat","data":${data},"cid":"r${++made}"}`);
        assert.match(answer, /"code":"invalid_request"/);
        assert.match(answer, why);
        const { status, text } = await call('POST', `/v1/rooms/${room}/messages`, `{"type":"chat","data":${data}}`);
        assert.equal(status, 400);
        assert.match(text, why);
      }
      const late = await call('POST', `/v1/rooms/${room}/messages`, '{"type":"chat","data":1,"expires_at":9007199254740993}');
      assert.equal(late.status, 400);
      assert.match(late.text, /expires_at/);
    });

    test('a body with different digits is a different body for an Idempotency-Key', async () => {
      const once = (order: string) =>
        call('POST', `/v1/rooms/${room}/messages`, `{"type":"chat","data":{"order":${order}}}`, { 'idempotency-key': `digits-${engine}` });
      assert.equal((await once('9007199254740993')).status, 202);
      assert.equal((await once('9007199254740993')).status, 202);
      assert.equal((await once('9007199254740992')).status, 422);
    });
  });
}
