// Reloads every role of the ecosystem file in turn under load, with a real pm2 and Redis. No admin call fails, and viewers that reconnect
// have every gift once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Audience, Backend, eventually, freePorts, Pm2, startRedis, Traffic, testSecrets, testToken } from '../src/index.ts';

const room = 'live:reload';
const first = await freePorts(8);
const [relay, worker, edge, api] = [first, first + 2, first + 3, first + 5];
const redis = await startRedis();
const pm2 = await Pm2.create({
  ...testSecrets,
  REDIS_URL: redis.url,
  NODE_ENV: 'test',
  DANMUX_RELAY_PORT: String(relay),
  DANMUX_WORKER_PORT: String(worker),
  DANMUX_EDGE_PORT: String(edge),
  DANMUX_API_PORT: String(api),
});
before(() => pm2.start());
after(async () => {
  await pm2.stop();
  await redis.stop();
});

test('without REDIS_URL the ecosystem file prints one line that names the variable', { timeout: 60_000 }, async () => {
  const bare = await Pm2.create({ ...testSecrets, REDIS_URL: '' });
  await assert.rejects(bare.command('start', 'ecosystem.config.js'), (error: { stderr: string; stdout: string }) => {
    assert.match(error.stderr + error.stdout, /danmux: set REDIS_URL .*\n/);
    return true;
  });
  await bare.stop();
});

test('a healthy start of two processes of each role writes nothing to the error logs', { timeout: 60_000 }, async () => {
  const errors = [...(await pm2.output())].filter(([stream]) => stream.endsWith(' error'));
  assert.equal(errors.length, 6, errors.map(([stream]) => stream).join());
  assert.deepEqual(
    errors.filter(([, text]) => text !== ''),
    [],
  );
});

test('every role reloads in turn under load: no admin call fails, and no gift is missing or duplicated', { timeout: 240_000 }, async (t) => {
  const urls = [`http://127.0.0.1:${edge}`, `http://127.0.0.1:${edge + 1}`];
  const audience = await Audience.join({ size: 200, urls, room, token: await testToken('watcher') });
  const traffic = new Traffic(new Backend(`http://127.0.0.1:${api}`, testSecrets.DANMUX_API_KEY), { room, chatPerSecond: 20, giftsPerSecond: 5 });
  t.after(async () => {
    audience.close();
    await traffic.stop();
  });
  traffic.start();
  const names = [...new Set((await pm2.list()).map(({ name }) => name))];
  const pids = new Set((await pm2.list()).map(({ pid }) => pid));
  for (const name of names) await pm2.command('reload', name);
  await traffic.stop();
  const now = await pm2.list();
  assert.deepEqual(
    now.filter(({ pid }) => pids.has(pid)),
    [],
    'every process is a new one',
  );
  t.diagnostic(`reloaded ${names.join(', ')}; ${traffic.gifts.length} gifts, ${traffic.chats.length} chats; ${audience.disconnected} viewers reconnected`);
  assert.deepEqual(traffic.failures, []);
  assert.deepEqual(traffic.refusals, []);
  assert.ok(traffic.gifts.length > 50);
  await audience.mustHold('gift', traffic.gifts);
  assert.ok(audience.disconnected > 0, 'the edges sent their viewers away');
});

test('pm2 restarts a killed process', { timeout: 60_000 }, async () => {
  const victim = (await pm2.list()).find(({ name }) => name === 'danmux-relay-0');
  process.kill(victim?.pid ?? 0, 'SIGKILL');
  await eventually(
    async () => {
      const reborn = (await pm2.list()).find(({ name }) => name === 'danmux-relay-0');
      assert.equal(reborn?.status, 'online');
      assert.notEqual(reborn?.pid, victim?.pid);
    },
    { timeoutMs: 20_000, everyMs: 300 },
  );
});
