// Log lines by traffic: at the default level none for messages, one for a broadcast, and two when the commits of hundreds of rooms
// are refused. At debug a message can be followed by its trace id.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { eventually, TestViewer, testSecrets, testToken } from '@danmux/testkit';
import { testConfig } from '@danmux/testkit/unit';
import { composeNode, parseRoles } from '../src/index.ts';

const room = 'live:log';
const manyRooms = new Map(Array.from({ length: 500 }, (_, index) => [`live:${index}`, 1]));
let ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

async function started(level: string, set: Readonly<Record<string, unknown>> = {}) {
  const lines: string[] = [];
  const secrets = { 'viewer.token_secret': testSecrets.DANMUX_TOKEN_SECRET, 'api.key': testSecrets.DANMUX_API_KEY };
  const ports = { 'edge.port': 0, 'api.port': 0, 'edge.drain_ms': 0, 'api.drain_ms': 0 };
  const config = testConfig({ ...secrets, ...ports, shards: 4, 'log.level': level, ...set });
  const node = composeNode(config, parseRoles('all'), { write: (line) => void lines.push(line) });
  ends.push(async () => {
    for (const part of [...node.parts].reverse()) await part.drain?.();
    for (const part of [...node.parts].reverse()) await part.stop();
  });
  for (const part of node.parts) await part.start();
  const { api, edge } = node.addresses();
  const viewer = new TestViewer({ urls: [`http://${edge}`], room, token: await testToken('ann') });
  ends.push(() => viewer.close());
  await viewer.joined();
  const post = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${testSecrets.DANMUX_API_KEY}`, 'content-type': 'application/json' };
    const answer = await fetch(`http://${api}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.equal(answer.status, 202, await answer.clone().text());
    return { trace: answer.headers.get('x-trace-id') ?? '', ...((await answer.json()) as { id: string }) };
  };
  const gift = (data: object = {}) => post(`/v1/rooms/${room}/messages`, { type: 'gift', data });
  /** The lines written since the last call. */
  const written = () => lines.splice(0).map((line) => JSON.parse(line) as { level: string; msg: string; trace?: string; rooms?: number; repeated?: number });
  written();
  return { node, viewer, post, gift, written };
}

test('gifts, control messages and chat write no line at the default level', async () => {
  const { viewer, post, gift, written } = await started('info');
  const ids = await Promise.all(Array.from({ length: 50 }, async (_, n) => (await gift({ n })).id));
  await post(`/v1/rooms/${room}/messages`, { type: 'notice', data: {} });
  await viewer.send('chat', { text: 'hi' }, 'c1');
  await eventually(() => assert.deepEqual([new Set(viewer.ids('gift')), viewer.ids('chat').length], [new Set(ids), 1]));
  assert.deepEqual(written(), []);
});

test('a broadcast to hundreds of rooms writes one line', async () => {
  const { node, viewer, post, written } = await started('info', { 'broadcasts.rooms_per_second': 100_000 });
  await node.bus.presence.report('elsewhere', manyRooms, 60_000);
  const { id } = await post('/v1/broadcasts', { rooms: ['live:*', room], type: 'notice', data: {} });
  await eventually(() => assert.ok(viewer.ids('control').includes(id), 'the notice has not arrived'));
  const lines = written();
  await eventually(() => {
    lines.push(...written());
    assert.deepEqual(
      lines.map(({ msg, rooms }) => [msg, rooms]),
      [['a broadcast was sent', manyRooms.size + 1]],
    );
  });
});

test('refused commits of hundreds of rooms write one line, and one with the count for each window', async () => {
  const { node, viewer, post, gift, written } = await started('info', { 'broadcasts.rooms_per_second': 100_000 });
  const { bus, runtime } = node;
  await bus.presence.report('elsewhere', manyRooms, 60_000);
  const commit = bus.streams.commit.bind(bus.streams);
  bus.streams.commit = async () => ({ ok: false, reason: 'moved' });
  await post('/v1/broadcasts', { rooms: ['live:*', room], type: 'notice', data: {} });
  const refused = async () => (await runtime.metrics.commitsRefused.get()).values.reduce((sum, { value }) => sum + value, 0);
  await eventually(async () => assert.ok((await refused()) > 100, `${await refused()} commits were refused`), { timeoutMs: 30_000 });
  bus.streams.commit = commit;
  const { id } = await gift();
  await eventually(() => assert.deepEqual(viewer.ids('gift'), [id]));
  runtime.counted.stop();
  const lines = written().filter(({ msg }) => msg === 'a commit was refused');
  assert.deepEqual([lines[0]?.level, lines[0]?.repeated], ['warn', undefined]);
  const counted = lines.slice(1).map(({ repeated = 0 }) => repeated);
  assert.deepEqual([counted.reduce((sum, count) => sum + count, 1), counted.length <= 3], [await refused(), true], JSON.stringify(lines));
});

test('at debug a gift can be followed by its trace id through every hop', async () => {
  const { viewer, gift, written } = await started('debug');
  const { id, trace } = await gift();
  await eventually(() => assert.deepEqual(viewer.ids('gift'), [id]));
  const lines = written();
  await eventually(() => {
    lines.push(...written());
    assert.deepEqual(
      lines
        .filter((line) => line.trace === trace)
        .map(({ level, msg }) => `${level} ${msg}`)
        .sort(),
      ['debug accepted', 'debug audit', 'debug delivering', 'debug sequenced'],
    );
  });
});
