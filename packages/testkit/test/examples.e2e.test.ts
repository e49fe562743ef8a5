// The examples against the pm2 cluster on a real Redis, with a viewer of the SDK in the room that answers receipts.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Client, createClient, type Msg } from '@danmux/sdk';
import { eventually, findPython, type Pm2Cluster, repositoryRoot, runExample, startPm2Cluster, testSecrets, testToken } from '../src/index.ts';

const secrets = { DANMUX_API_KEY: testSecrets.DANMUX_API_KEY };

describe('the examples on a pm2 cluster', () => {
  let cluster: Pm2Cluster;
  let viewer: Client | undefined;
  before(async () => {
    cluster = await startPm2Cluster();
  });
  after(async () => {
    viewer?.close();
    await cluster.stop();
  });

  /** A viewer that keeps what it was given and what was taken back. */
  async function watch(room: string) {
    viewer?.close();
    viewer = createClient({ url: cluster.edges[1] ?? '', token: await testToken('ann') });
    const joined = viewer.join(room);
    const msgs: Msg[] = [];
    const recalled: string[] = [];
    joined.on('message', (msg) => msgs.push(msg));
    joined.on('recalled', ({ id }) => recalled.push(id));
    await eventually(() => assert.equal(joined.joined, true, 'the viewer is in the room'));
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

  test("the README's lines for a backend", { timeout: 60_000 }, async () => {
    const readme = await readFile(join(repositoryRoot, 'README.md'), 'utf8');
    const block = /^```sh\n(api\(\)[\s\S]*?)^```$/m.exec(readme)?.[1] ?? '';
    const lines = block.replaceAll('http://127.0.0.1:7800', cluster.api);
    const { code, output, errors } = await runExample('bash', ['-e', '-c', lines], { KEY: testSecrets.DANMUX_API_KEY });
    assert.equal(code, 0, errors);
    const answers = output
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    assert.equal(answers.length, block.split('\n').filter((line) => line.startsWith('api ')).length, output);
  });
});

describe('the examples without a danmux', () => {
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
});

/** Holds each line to its shape; returns what the shapes named. */
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
