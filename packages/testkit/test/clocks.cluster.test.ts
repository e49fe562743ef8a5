// A cluster whose machines have different clocks: expiry, delays and ages follow the clock of the store.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { Reply } from '@danmux/protocol';
import { Backend, type ClockFile, type ClusterNode, createClockFile, eventually, ProcessCluster, TestViewer, testSecrets } from '../src/index.ts';
import { signedHeaders } from '../src/signed-request.ts';

const hour = 3_600_000;
/** Lead of each machine's clock over the store's, milliseconds. */
const ahead = { 'api-0': -20_000, 'api-1': hour, 'worker-0': -hour, 'edge-0': 30_000, 'relay-0': 11_000 } as const;
type Name = keyof typeof ahead;
const names = Object.keys(ahead) as Name[];
const apis = ['api-0', 'api-1'] as const;

let clocks: Record<Name, ClockFile>;
let cluster: ProcessCluster;
const opened: TestViewer[] = [];
before(async () => {
  clocks = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await createClockFile()]))) as typeof clocks;
  for (const name of names) await clocks[name].step(ahead[name]);
  const envOf = Object.fromEntries(names.map((name) => [name, clocks[name].env]));
  cluster = await ProcessCluster.start({ edges: 1, relays: 1, apis: 2, workers: 1, envOf });
});
after(async () => {
  for (const viewer of opened) viewer.close();
  await cluster?.stop();
  await Promise.all(Object.values(clocks ?? {}).map((clock) => clock.remove()));
});

const node = (name: Name): ClusterNode => cluster.nodes.find((each) => each.name === name) as ClusterNode;
const backend = (api: Name) => new Backend(node(api).url, testSecrets.DANMUX_API_KEY);

async function call(api: Name, method: string, path: string, body: object): Promise<{ status: number; body: unknown }> {
  const headers = { authorization: `Bearer ${testSecrets.DANMUX_API_KEY}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() };
  const response = await fetch(`${node(api).url}${path}`, { method, headers, body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

/** A viewer with a token signed by this api. */
async function enter(api: Name, room: string, sub: string): Promise<TestViewer> {
  const { body } = await backend(api).post('/v1/tokens', { sub, ttl_s: 60 });
  const viewer = new TestViewer({ urls: [node('edge-0').url], room, token: (body as { token: string }).token, history: 0 });
  opened.push(viewer);
  await viewer.joined();
  return viewer;
}

const codeOf = (reply: Reply<unknown>) => (reply.ok ? 'ok' : reply.error.code);
const near = (time: number, within = 2_000) => assert.ok(Math.abs(time - Date.now()) < within, `${time - Date.now()} ms off`);

test('every process serves, is degraded, and reports its clock skew', async () => {
  for (const name of names) {
    await eventually(async () => {
      const response = await fetch(`${node(name).url}/readyz`);
      const { ready, degraded } = (await response.json()) as { ready: boolean; degraded: { code: string; text: string }[] };
      assert.deepEqual([response.status, ready, degraded.map(({ code }) => code)], [200, true, ['clock_skew']]);
      const said = Number(/([+-][\d.]+) s/.exec(degraded[0]?.text ?? '')?.[1]);
      assert.ok(Math.abs(said * 1_000 - ahead[name]) < 500, degraded[0]?.text);
    });
    const logged = [...node(name).process.output.matchAll(/"code":"clock_skew"/g)].length;
    assert.equal(logged, 1, `${name} said it ${logged} times`);
  }
});

for (const [index, api] of apis.entries()) {
  test(`${api}: messages have the store's time, delayed messages arrive when due, and expiring messages expire`, async () => {
    const room = `live:due${index}`;
    const viewer = await enter(api, room, 'ann');
    near((await viewer.joined()).now ?? 0);
    const asked = performance.now();
    const post = (message: object) => backend(api).post(`/v1/rooms/${room}/messages`, { type: 'gift', data: {}, ...message });
    const now = Date.now();
    const answers = await Promise.all([
      post({ id: 'now', expires_at: now + 15_000 }),
      post({ id: 'later', delay_ms: 1_500 }),
      post({ id: 'hour', delay_ms: hour }),
      post({ id: 'past', expires_at: now - 5_000 }),
    ]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [202, 202, 202, 400],
    );
    await eventually(() => assert.deepEqual(viewer.ids('gift'), ['now', 'later']));
    const after = (viewer.arrivals[viewer.msgs.findIndex(({ id }) => id === 'later')] ?? 0) - asked;
    assert.ok(after >= 1_490 && after < 6_000, `after ${after} ms`);
    for (const { ts } of viewer.msgs) near(ts, 8_000);
    assert.ok((viewer.msgs[1]?.ts ?? 0) - (viewer.msgs[0]?.ts ?? 0) >= 1_490);
    const { job } = (answers[2]?.body ?? {}) as { job?: string };
    assert.equal(((await backend(api).get(`/v1/jobs/${job}`)).body as { state: string }).state, 'delayed');
  });

  test(`${api}: a mute of two seconds ends after two seconds, and slow mode has the right interval`, async () => {
    const room = `live:mute${index}`;
    const viewer = await enter(api, room, 'bob');
    const say = () => viewer.send('chat', { text: 'x' }, randomUUID());
    const began = performance.now();
    assert.equal((await call(api, 'PUT', `/v1/rooms/${room}/mutes/bob`, { for_ms: 2_000 })).status, 200);
    await eventually(async () => assert.equal(codeOf(await say()), 'muted'), { timeoutMs: 1_500 });
    const refused = await say();
    if (!refused.ok) assert.ok((refused.error.retry_after_ms ?? Number.POSITIVE_INFINITY) <= 2_000, JSON.stringify(refused));
    await eventually(async () => assert.equal(codeOf(await say()), 'ok'), { timeoutMs: 6_000, everyMs: 50 });
    const took = performance.now() - began;
    assert.ok(took >= 1_950 && took < 5_000, `${took} ms`);
    assert.equal((await call(api, 'PATCH', `/v1/rooms/${room}`, { modes: { slow_ms: 1_500 } })).status, 200);
    await eventually(async () => assert.equal(codeOf(await say()), 'slow_mode'));
    const slow = await say();
    assert.ok(!slow.ok && (slow.error.retry_after_ms ?? 0) > 0 && (slow.error.retry_after_ms ?? 0) <= 1_500, JSON.stringify(slow));
    await eventually(async () => assert.equal(codeOf(await say()), 'ok'), { timeoutMs: 5_000, everyMs: 50 });
  });

  test(`${api}: tokens expire at the right time, and requests signed with a correct clock are accepted`, async () => {
    const { body } = await backend(api).post('/v1/tokens', { sub: 'c', ttl_s: 60 });
    const { token, expires_at } = body as { token: string; expires_at: number };
    near(expires_at - 60_000);
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp: number };
    near((exp - 60) * 1_000);
    const made = await backend(api).post('/v1/keys', { id: `signer-${index}`, scopes: ['publish'] });
    const { id: key, signing_secret: secret } = made.body as { id: string; signing_secret: string };
    const target = '/v1/rooms/live:signed/messages';
    const text = JSON.stringify({ type: 'gift', data: {} });
    const sign = (timestamp: number) => ({
      ...signedHeaders({ key, secret, method: 'POST', target, body: text, timestamp }),
      'content-type': 'application/json',
    });
    const send = async (timestamp: number) => (await fetch(`${node(api).url}${target}`, { method: 'POST', headers: sign(timestamp), body: text })).status;
    const seconds = Math.floor(Date.now() / 1_000);
    assert.deepEqual([await send(seconds), await send(seconds - 290), await send(seconds - 310)], [202, 202, 401]);
  });
}

test('a machine whose clock is corrected is no longer degraded', async () => {
  await clocks['worker-0'].step(0);
  await eventually(async () => {
    const { degraded } = (await (await fetch(`${node('worker-0').url}/readyz`)).json()) as { degraded: unknown[] };
    assert.deepEqual(degraded, []);
  });
});
