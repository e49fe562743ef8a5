// Runs the examples against a pm2 cluster on a real Redis. An SDK viewer in the room confirms receipts.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Client, createClient, type Msg } from '@danmux/sdk';
import {
  Backend,
  Child,
  eventually,
  findPython,
  freePort,
  type Pm2Cluster,
  repositoryRoot,
  runExample,
  SlowLink,
  startPm2Cluster,
  testSecrets,
  testToken,
} from '../src/index.ts';

const webhookSecret = `whsec_${Buffer.from('a secret of thirty-two characters').toString('base64')}`;
const secrets = { DANMUX_API_KEY: testSecrets.DANMUX_API_KEY };

describe('the examples on a pm2 cluster', () => {
  let cluster: Pm2Cluster;
  let viewer: Client | undefined;
  let receiver: Child;
  let receiverUrl: string;
  let config: string;
  before(async () => {
    receiverUrl = `http://127.0.0.1:${await freePort()}`;
    config = await mkdtemp(join(tmpdir(), 'danmux-config-'));
    const targets = [{ id: 'shop', url: `${receiverUrl}/danmux`, secret: webhookSecret, rooms: ['live:php'] }];
    // JSON is valid YAML.
    await writeFile(join(config, 'default.yaml'), JSON.stringify({ webhooks: { allow_http: true, allow_addresses: ['127.0.0.0/8'], targets } }));
    cluster = await startPm2Cluster({ DANMUX_CONFIG_DIR: config });
    const env = { DANMUX_WEBHOOK_SECRET: webhookSecret };
    receiver = new Child('webhook.php', 'php', ['-S', receiverUrl.slice('http://'.length), 'examples/php/webhook.php'], { cwd: repositoryRoot, env });
  });
  after(async () => {
    viewer?.close();
    await cluster.stop();
    await receiver.stop();
    await rm(config, { recursive: true });
  });

  /** A viewer that records received and recalled messages. */
  async function watch(room: string) {
    viewer?.close();
    viewer = createClient({ url: cluster.edges[1] ?? '', token: await testToken('ann') });
    const joined = viewer.join(room);
    const msgs: Msg[] = [];
    const recalled: string[] = [];
    joined.on('message', (msg) => msgs.push(msg));
    joined.on('recalled', ({ id }) => recalled.push(id));
    await eventually(() => assert.equal(joined.joined, true, 'the viewer is in the room'));
    const backend = new Backend(cluster.api, testSecrets.DANMUX_API_KEY);
    await eventually(async () => assert.equal(((await backend.get(`/v1/rooms/${room}`)).body as { online: number }).online, 1));
    return { msgs, recalled };
  }

  test('PHP: login, token, gift, recall, receipts', { timeout: 120_000 }, async () => {
    const { msgs, recalled } = await watch('live:php');
    const { code, output, errors } = await runExample('php', ['examples/php/live-room.php', 'live:php'], { DANMUX_URL: cluster.api, ...secrets });
    assert.equal(code, 0, errors);
    const shape = [
      /^token: of 小明, good until \d\d:\d\d:\d\d$/,
      /^room: 1 watching live:php$/,
      /^gift: (?<gift>order-[0-9a-f]{12}) is stored, in lane gift$/,
      /^recall: (?<slip>\S+) is gone$/,
      /^receipts: sent 1, received 1, missing 0$/,
    ];
    const found = mustPrint(output, shape);
    const gift = msgs.find(({ id }) => id === found['gift']);
    assert.deepEqual([gift?.lane, gift?.receipt, gift?.from?.name], ['gift', true, '小明']);
    await eventually(() => assert.deepEqual(recalled, [found['slip']]));
    const told = [/room\.occupied in live:php: 1 online/, new RegExp(`message\\.receipts in live:php: ${found['gift']} was received by 1 of 1`)];
    for (const line of told) await eventually(() => assert.match(receiver.output, line), { timeoutMs: 20_000 });
    assert.ok(!receiver.output.includes('live:python'), receiver.output);
  });

  test('PHP: a webhook without a valid signature is refused', { timeout: 60_000 }, async () => {
    const headers = { 'webhook-id': 'x', 'webhook-timestamp': String(Math.floor(Date.now() / 1_000)), 'webhook-signature': 'v1,AAAA' };
    const forged = await fetch(receiverUrl, { method: 'POST', headers, body: '{"id":"x","type":"room.occupied","room":"forged","ts":1,"data":{}}' });
    assert.deepEqual([forged.status, await forged.text()], [400, 'bad_signature\n']);
    assert.ok(!receiver.output.includes('forged'), receiver.output);
  });

  test('Python: a viewer without an SDK and a backend without a library', { timeout: 120_000 }, async () => {
    const { msgs, recalled } = await watch('live:python');
    const env = { DANMUX_URL: cluster.api, DANMUX_EDGE_URL: cluster.edges[0] ?? '', PYTHONDONTWRITEBYTECODE: '1', ...secrets };
    const { code, output, errors } = await runExample(await findPython(), ['examples/python/live_room.py', 'live:python'], env);
    assert.equal(code, 0, errors);
    const found = mustPrint(output, [
      /^joined: live:python, [12] online$/,
      /^gift: (?<gift>\S+) from 小明, answered with a receipt$/,
      /^recall: (?<slip>\S+) leaves the screen$/,
      /^receipts: sent 2, received 2, missing 0$/,
    ]);
    assert.deepEqual(
      msgs.filter(({ lane }) => lane === 'gift').map(({ id }) => id),
      [found['gift']],
    );
    await eventually(() => assert.deepEqual(recalled, [found['slip']]));
  });

  test('Python over a plain WebSocket: gifts sent while it is disconnected are printed once', { timeout: 120_000 }, async () => {
    const link = await SlowLink.open(cluster.edges[0] ?? '', { rttMs: 0, loss: 0, bytesPerSecond: 10_000_000 });
    const env = { DANMUX_URL: cluster.api, DANMUX_EDGE_URL: link.url, PYTHONDONTWRITEBYTECODE: '1', ...secrets };
    const program = new Child('viewer.py', await findPython(), ['examples/websocket/viewer.py', 'live:ws'], { cwd: repositoryRoot, env });
    const backend = new Backend(cluster.api, testSecrets.DANMUX_API_KEY);
    const give = (id: string) =>
      backend.post('/v1/rooms/live:ws/messages', { type: 'gift', id, data: { gift: 'rocket' }, from: { id: 'u42', name: '小明' }, receipt: true });
    const printed = (line: RegExp) => eventually(() => assert.match(program.output, line), { timeoutMs: 20_000 });
    try {
      await printed(/^joined live:ws: 1 online$/m);
      await give('before');
      await printed(/^gift before from 小明: \{"gift": "rocket"\}$/m);
      link.unplug();
      await printed(/^away: /m);
      for (const id of ['away-1', 'away-2']) assert.equal((await give(id)).status, 202);
      link.plug();
      await printed(/^gift away-2 /m);
      await give('after');
      await printed(/^gift after /m);
      const gifts = [...program.output.matchAll(/^gift (\S+)/gm)].map(([, id]) => id);
      assert.deepEqual(gifts, ['before', 'away-1', 'away-2', 'after'], program.output);
      await eventually(async () => {
        const { body } = await backend.get('/v1/messages/away-2/receipts');
        assert.equal((body as { received: number }).received, 1, program.output);
      });
    } finally {
      await program.stop('SIGINT');
      await link.close();
    }
    assert.equal(program.exitCode, 0, program.output);
  });
});

describe('the examples without a running danmux', () => {
  const nowhere = { DANMUX_URL: 'http://127.0.0.1:1', DANMUX_EDGE_URL: 'http://127.0.0.1:1', PYTHONDONTWRITEBYTECODE: '1', ...secrets };

  test('PHP names the address and fails', { timeout: 60_000 }, async () => {
    const { code, errors } = await runExample('php', ['examples/php/live-room.php'], nowhere);
    assert.equal(code, 1);
    assert.match(errors, /^live-room: .*http:\/\/127\.0\.0\.1:1/);
  });

  test('Python names the address and fails', { timeout: 60_000 }, async () => {
    const { code, errors } = await runExample(await findPython(), ['examples/python/live_room.py'], nowhere);
    assert.equal(code, 1);
    assert.match(errors, /^http:\/\/127\.0\.0\.1:1: .*npm start/);
  });

  test('the plain WebSocket viewer names the address and fails', { timeout: 60_000 }, async () => {
    const { code, errors } = await runExample(await findPython(), ['examples/websocket/viewer.py'], nowhere);
    assert.equal(code, 1);
    assert.match(errors, /^http:\/\/127\.0\.0\.1:1: .*npm start/);
  });
});

/** Matches each line of output with its pattern; returns the named groups. */
function mustPrint(output: string, shapes: readonly RegExp[]): Record<string, string> {
  const lines = output.trimEnd().split('\n');
  assert.equal(lines.length, shapes.length, output);
  return Object.assign(
    {},
    ...shapes.map((shape, index) => {
      assert.match(lines[index] ?? '', shape);
      return shape.exec(lines[index] ?? '')?.groups ?? {};
    }),
  );
}

test('the PHP live room has 60 lines', async () => {
  const lines = (await readFile(join(repositoryRoot, 'examples/php/live-room.php'), 'utf8')).trimEnd().split('\n');
  assert.ok(lines.length <= 60, `${lines.length} lines`);
});
