// Settings, variables, formulas and signed requests that the pages show are those that the code takes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { signedHeaders } from '@danmux/testkit/signed-request';
import { Webhook } from 'standardwebhooks';
import { parse } from 'yaml';
import { hookAnswerOf } from '../../packages/edge/src/moderation/filter/hook-answer.ts';
import { nameOf } from '../documents/block.ts';
import { read } from '../documents/pages.ts';
import { loadSettings } from '../documents/settings-file.ts';
import { blocksOf } from '../documents/ways.ts';
import { formulaBytes } from '../redis-memory/formula.ts';

for (const block of blocksOf('settings'))
  test(`danmux takes the settings of ${nameOf(block)}`, () => {
    const given = parse(block.text) as Record<string, object>;
    const config = loadSettings(block.text) as unknown as Record<string, unknown>;
    for (const section of Object.keys(given)) assert.ok(section in config, section);
    assert.notDeepEqual(config, loadSettings(''), 'the block changes a setting');
  });

test('a setting that danmux does not know is refused', () => {
  assert.throws(() => loadSettings('webhooks: { targtes: [] }'), /targtes/);
});

for (const block of blocksOf('variables'))
  test(`danmux takes the variables of ${nameOf(block)}`, () => {
    const printed = execFileSync('bash', ['-e', '-c', `set -a\n${block.text}\nenv -0`], { encoding: 'utf8', env: { PATH: process.env['PATH'] } });
    const env = Object.fromEntries(
      printed
        .split('\0')
        .map((row) => [row.slice(0, row.indexOf('=')), row.slice(row.indexOf('=') + 1)] as const)
        .filter(([name]) => name.startsWith('DANMUX_')),
    );
    assert.equal(Object.keys(env).length, block.text.trim().split('\n').length, 'each line sets a variable of danmux');
    const { url, secret } = loadSettings('', env).webhooks;
    assert.deepEqual([url, secret], [env['DANMUX_WEBHOOK_URL'], env['DANMUX_WEBHOOK_SECRET']]);
  });

for (const block of blocksOf('scrape'))
  test(`Prometheus finds the ports of ${nameOf(block)}`, () => {
    const { scrape_configs } = parse(block.text) as { scrape_configs: { job_name: string; authorization: object; static_configs: { targets: string[] }[] }[] };
    const { edge, api, relay } = loadSettings('');
    const targets = scrape_configs.flatMap(({ static_configs }) => static_configs.flatMap((row) => row.targets));
    const ports = targets.map((target) => Number(new URL(`http://${target}`).port));
    assert.deepEqual(ports, [edge.port, edge.port + 1, api.port, relay.port]);
    for (const row of scrape_configs) assert.deepEqual(Object.keys(row).sort(), ['authorization', 'job_name', 'static_configs']);
  });

for (const block of blocksOf('formula'))
  test(`the formula of ${nameOf(block)} is that of npm run redis-memory`, () => {
    const none = {
      rooms: 0,
      lanes: [],
      knownIds: 0,
      traces: 0,
      keyedPosts: 0,
      keyedBatches: 0,
      receipts: 0,
      viewers: 0,
      recordFields: 0,
      trafficRooms: 0,
      auditRows: 0,
    };
    const base = formulaBytes(none);
    const costOf = (part: Partial<Parameters<typeof formulaBytes>[0]>) => formulaBytes({ ...none, ...part }) - base;
    const hour = 3_600;
    const shown: readonly (readonly [line: RegExp, bytes: number, unit: number])[] = [
      [/rooms of the last 2 h +× \(([\d.]+) KB/, costOf({ rooms: 1 }), 1e3],
      [/max\(([\d.]+) KB/, costOf({ lanes: [{ kept: 1, messageBytes: 0 }] }), 1e3],
      [/rooms of the last hour +× ([\d.]+) KB/, costOf({ trafficRooms: 1 }), 1e3],
      [/gifts \+ control\)\/s +× ([\d.]+) KB/, costOf({ knownIds: 900 }), 1e3],
      [/traced\/s, 50 a process\) +× ([\d.]+) KB/, costOf({ traces: 600 }), 1e3],
      [/keyed POSTs\/s +× ([\d.]+) MB/, costOf({ keyedPosts: hour }), 1e6],
      [/a batch of 1,000: ([\d.]+) KB/, costOf({ keyedBatches: 1 }), 1e3],
      [/receipts\/s +× ([\d.]+) MB/, costOf({ receipts: 24 * hour }), 1e6],
      [/viewers +× ([\d.]+) KB/, costOf({ viewers: 1 }), 1e3],
      [/sanctions and modes +× ([\d.]+) KB/, costOf({ recordFields: 1 }), 1e3],
      [/audit rows .*× ([\d.]+) KB/, costOf({ auditRows: 1 }), 1e3],
    ];
    for (const [line, bytes, unit] of shown) {
      const number = line.exec(block.text)?.[1] ?? '';
      const digits = number.split('.')[1]?.length ?? 0;
      assert.ok(Math.abs(bytes / unit - Number(number)) <= 0.51 * 10 ** -digits, `${line}: ${number} in the page, ${bytes / unit} in the code`);
    }
  });

for (const block of blocksOf('hook-answer'))
  test(`the edge takes the answers of ${nameOf(block)}`, () => {
    const actions = [...(/"action": ([^,]+),/.exec(block.text)?.[1] ?? '').matchAll(/"(\w+)"/g)].map(([, action]) => action);
    assert.ok(actions.length > 3, block.text);
    for (const action of actions) {
      const answer = JSON.stringify({ action, data: { text: '**' }, message: 'why' });
      assert.deepEqual(hookAnswerOf(answer), JSON.parse(answer));
    }
    assert.throws(() => hookAnswerOf('{"action":"drop"}'), /documented form/);
    for (const [, name] of block.text.matchAll(/"(\w+)"\?:/g)) assert.ok(['data', 'message'].includes(name ?? ''), name);
  });

for (const block of blocksOf('hook'))
  test(`the request of ${nameOf(block)} has a true signature and the fields of a question`, () => {
    const [head = '', body = ''] = block.text.trimEnd().split('\n\n');
    const headers = Object.fromEntries([...head.matchAll(/^(webhook-\w+): (.+)$/gm)].map(([, name, value]) => [name, value])) as Record<string, string>;
    const secret = /secret of this example is `(whsec_[^`]+)`/.exec(read(block.file))?.[1] ?? '';
    const at = new Date(Number(headers['webhook-timestamp']) * 1_000);
    assert.equal(headers['webhook-signature'], new Webhook(secret).sign(headers['webhook-id'] ?? '', at, body));
    const question = JSON.parse(body);
    assert.deepEqual([question.id, question.ts], [headers['webhook-id'], at.getTime()]);
    // hook.ts writes the question; the fields are in its order.
    assert.deepEqual(Object.keys(question), ['id', 'room', 'type', 'data', 'from', 'ts']);
  });

for (const block of blocksOf('signed-text'))
  test(`a text like that of ${nameOf(block)} has the signature of a request`, () => {
    const [target, body, secret] = ['/v1/rooms/live:1/history?lane=gift', '{"a":1}', 's'.repeat(32)];
    const request = { key: 'shop', secret, method: 'POST', target, body, timestamp: 1_767_225_600, nonce: 'a-nonce-of-its-own' };
    const hash = createHash('sha256').update(body).digest('hex');
    const parts: readonly (readonly [line: RegExp, text: string])[] = [
      [/^METHOD$/, 'POST'],
      [/^PATH\?QUERY/, target],
      [/^TIMESTAMP$/, '1767225600'],
      [/^NONCE$/, request.nonce],
      [/^SHA-256 of the body/, hash],
    ];
    const lines = block.text.trimEnd().split('\n');
    const text = lines.map((line) => parts.find(([start]) => start.test(line))?.[1] ?? line).join('\n');
    assert.equal(signedHeaders(request)['x-danmux-signature'], `v1=${createHmac('sha256', secret).update(text).digest('hex')}`);
  });
