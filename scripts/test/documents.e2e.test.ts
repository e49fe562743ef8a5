// The commands and programs of the pages run beside a real danmux, and print what the pages show.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createClient } from '@danmux/sdk';
import { Backend, Child, eventually, findPython, testToken } from '@danmux/testkit';
import { closeAfter, ownerOf } from '@danmux/testkit/unit';
import { Webhook } from 'standardwebhooks';
import { type Block, nameOf } from '../documents/block.ts';
import { blocks, pages } from '../documents/pages.ts';
import { type PhpOptions, runPhp, servePhp } from '../documents/php-program.ts';
import { type RunningDanmux, startRunningDanmux } from '../documents/running-danmux.ts';
import { runShell, type ShellRun, scriptOf, shapeOf } from '../documents/shell.ts';
import { blocksOf, inlineWays, wayOf } from '../documents/ways.ts';
import { fieldsOf, Wire } from '../documents/wire.ts';

const owner = ownerOf(after);
const webhookSecret = `whsec_${Buffer.from('a secret of thirty-two characters').toString('base64')}`;
let danmux: RunningDanmux;
let backend: Backend;
let python: string;
let env: Readonly<Record<string, string>>;

const run = (shell: readonly Block[]): Promise<ShellRun> =>
  runShell(shell, { cwd: danmux.checkout, env, change: (text) => danmux.withAddresses(text).replaceAll(/^python3 /gm, `${python} `) });

const only = (found: readonly Block[]): Block => {
  const [block] = found;
  assert.ok(block && found.length === 1, `${found.length} blocks, 1 expected`);
  return block;
};

before(async () => {
  danmux = await startRunningDanmux(owner);
  backend = new Backend(danmux.api, danmux.key);
  python = await findPython();
  env = danmux.env;
  const { printed } = await run(blocksOf('key'));
  const { id, signing_secret } = JSON.parse(printed[0] ?? '') as { id: string; signing_secret: string };
  env = { ...env, DANMUX_KEY_ID: id, DANMUX_SIGNING_SECRET: signing_secret, DANMUX_WEBHOOK_SECRET: webhookSecret };
  const viewer = createClient({ url: danmux.edge, token: await testToken('ann') });
  closeAfter(owner, () => viewer.close());
  // It answers receipts.
  const room = viewer.join('live:1001');
  await eventually(() => assert.ok(room.joined, 'the viewer is in the room'));
});

for (const block of blocksOf('php'))
  test(`the program of ${nameOf(block)}`, { timeout: 60_000 }, async () => {
    const options: PhpOptions = {
      cwd: danmux.checkout,
      env,
      before: `$danmux = new Danmux\\Client('${danmux.api}', '${danmux.key}');`,
      after: block.text.includes('echo ') ? '' : "echo 'in lane ', $danmux->room('live:1001')->publish('gift', ['gift' => 'rose'])->lane;",
    };
    const printed = await runPhp(danmux.withAddresses(block.text), options);
    assert.match(printed, /^\{"id":".+","room":"live:1001","lane":"gift"|in lane gift|^\d\d:\d\d:\d\d \S* \{/);
  });

for (const page of pages) {
  const shell = blocksOf('shell').filter((block) => block.file === page && scriptOf(block) !== '');
  if (shell.length === 0) continue;
  test(`the commands of ${page}`, { timeout: 120_000 }, async () => {
    const { code, printed, errors } = await run(shell);
    const last = shell[Math.max(0, printed.length - 1)];
    assert.ok(last && code === 0 && printed.length === shell.length, `${last && nameOf(last)} ended with ${code}\n${printed.at(-1)}\n${errors}`);
    for (const [at, block] of shell.entries()) {
      assert.doesNotMatch(printed[at] ?? '', /"code":"|"status":[45]/, nameOf(block));
      const next = blocks[blocks.indexOf(block) + 1];
      if (next && wayOf(next) === 'output') assert.match(printed[at] ?? '', shapeOf(next.text), nameOf(next));
    }
  });
}

test('the commands in the text of the README', { timeout: 60_000 }, async () => {
  const commands = Object.entries(inlineWays)
    .filter(([, way]) => way === 'shell')
    .map(([command]) => command);
  const text = commands.join('\n');
  const { code, printed, errors } = await run([{ file: 'README.md', line: 1, language: 'sh', text }]);
  assert.equal(code, 0, errors);
  assert.match(printed[0] ?? '', /^edge +127\./m, 'danmux nodes');
  assert.match(printed[0] ?? '', /^eyJ[\w.-]+$/m, 'danmux token');
  assert.match(printed[0] ?? '', /^edge-crash +kills one edge/m, 'npm run drill');
});

test('the signed request of docs/keys.md reads the gift that its PHP program sent', { timeout: 60_000 }, async () => {
  const { printed } = await run(blocksOf('shell').filter(({ file }) => file === 'docs/keys.md'));
  const { msgs } = JSON.parse(printed[0] ?? '') as { msgs: { data: object }[] };
  assert.ok(msgs.length > 0, 'there are gifts');
});

test('the request of docs/troubleshooting.md shows why a page of another origin is refused', { timeout: 60_000 }, async () => {
  const { code, printed } = await run([only(blocksOf('refused'))]);
  assert.equal(code, 0);
  assert.match(printed[0] ?? '', /^HTTP\/1\.1 403 [\s\S]*"origin_forbidden"/);
});

for (const block of blocksOf('php-page'))
  test(`the page of ${nameOf(block)} takes a webhook`, { timeout: 60_000 }, async (t) => {
    const url = await servePhp(t, block.text, {
      cwd: danmux.checkout,
      env,
      before: `$secret = '${webhookSecret}';`,
      after: "echo $event->type, ' ', $event->room;",
    });
    const body = JSON.stringify({ id: 'e1', type: 'message.receipts', room: 'live:1', ts: Date.now(), data: { id: 'm1', sent: 2, received: 2, missing: 0 } });
    const post = async (signature: string, at: number) => {
      const headers = { 'webhook-id': 'e1', 'webhook-timestamp': String(at), 'webhook-signature': signature };
      const answer = await fetch(url, { method: 'POST', headers, body });
      return { status: answer.status, text: await answer.text() };
    };
    const now = new Date();
    const seconds = Math.floor(now.getTime() / 1_000);
    assert.deepEqual(await post(new Webhook(webhookSecret).sign('e1', now, body), seconds), { status: 200, text: 'message.receipts live:1' });
    const { text } = await post('v1,AAAA', seconds);
    assert.doesNotMatch(text, /^message\.receipts/);
  });

test('the server of examples/README.md prints the webhooks of danmux', { timeout: 60_000 }, async (t) => {
  const script = danmux.withAddresses(scriptOf(only(blocksOf('receiver'))));
  const receiver = new Child('receiver', 'bash', ['-e', '-c', script], { cwd: danmux.checkout, env });
  closeAfter(t, async () => {
    receiver.signalGroup('SIGTERM');
    await receiver.ended;
  });
  const viewer = createClient({ url: danmux.edge, token: await testToken('bob') });
  closeAfter(t, () => viewer.close());
  viewer.join('live:webhook');
  await eventually(() => assert.match(receiver.output, /room\.occupied in live:webhook: 1 online/), { timeoutMs: 30_000 });
});

for (const block of blocksOf('node'))
  test(`the program of ${nameOf(block)}`, { timeout: 60_000 }, async (t) => {
    const file = join(danmux.checkout, 'viewer.mjs');
    writeFileSync(file, `const token = ${JSON.stringify(await testToken('carl'))};\n${danmux.withAddresses(block.text)}`);
    const child = new Child('viewer', process.execPath, [file], { cwd: danmux.checkout });
    closeAfter(t, () => child.stop());
    await eventually(() => assert.match(child.output, /^\d+ \[/m));
    await eventually(() => assert.match(child.output, /^\{ ok: true, id: /m, child.output));
    await eventually(() => assert.match(child.output, /^live:1001 chat chat \S+ \{ text: '你好' \}$/m, child.output));
  });

for (const block of blocksOf('wire'))
  test(`the packets of ${nameOf(block)}`, { timeout: 60_000 }, async () => {
    const shown = block.text.split('\n').filter((line) => /^[→←]/.test(line));
    const [join1 = '', joined1 = '', frame = '', join2 = '', joined2 = ''] = shown.map((line) => line.slice(2));
    const mustHaveFields = (packet: string, of: string) => {
      for (const name of fieldsOf(of)) assert.ok(fieldsOf(packet).includes(name), `"${name}" in ${packet}`);
    };
    const gift = (id: string) =>
      backend.post('/v1/rooms/live:1001/messages', { type: 'gift', id, data: { gift: 'rocket', count: 1 }, from: { id: 'u1', name: '小明' } });
    const first = await Wire.open(danmux.edge, await testToken('dora'));
    first.send(join1);
    const reply = await first.packet('431');
    mustHaveFields(reply, joined1);
    await gift('order-1');
    mustHaveFields(await first.packet('42["frame"'), frame);
    await first.close();
    await gift('order-2');
    const [{ positions }] = JSON.parse(reply.slice('431'.length)) as [{ positions: Record<string, { epoch: string; offset: number }> }];
    const known = { ...positions, gift: { epoch: positions['gift']?.epoch, offset: (positions['gift']?.offset ?? 0) + 1 } };
    const second = await Wire.open(danmux.edge, await testToken('dora'));
    assert.ok(join2.startsWith('421["join",{"room":"live:1001","positions":{'), join2);
    second.send(`421${JSON.stringify(['join', { room: 'live:1001', positions: known }])}`);
    const back = await second.packet('431');
    mustHaveFields(back, joined2);
    assert.match(back, /"recovered":\{"control":true,"gift":true,"chat":true/);
    const [{ msgs }] = JSON.parse(back.slice('431'.length)) as [{ msgs: { id: string }[] }];
    assert.deepEqual(
      msgs.map(({ id }) => id),
      ['order-2'],
    );
    await second.close();
  });
