// `npm run drill -- NAME`: breaks a running pm2 cluster on purpose, with viewers and traffic of its own in a room of its own, and
// prints what was lost, doubled and late, and how long it took until everything flowed again. `--list` names the drills.
import { parseArgs } from 'node:util';
import { loadConfig } from '@danmux/runtime';
import { Audience, Backend, Traffic } from '../packages/testkit/src/index.ts';
import { type Drill, drills } from './drill/drills.ts';
import { report } from './drill/report.ts';

const usage = `npm run drill -- NAME [--url http://127.0.0.1:7800] [--viewers 50] [--seconds 10]
The API key comes from DANMUX_API_KEY or the config; pm2 is the one of this user (or PM2_HOME); REDIS_URL for redis-cut.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:7800' },
    viewers: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '10' },
    list: { type: 'boolean' },
  },
});

if (values.list) for (const [name, { does }] of Object.entries(drills)) console.log(`${name.padEnd(20)}${does}`);
else process.exitCode = await run(positionals[0] ?? '');

async function run(name: string): Promise<number> {
  const drill: Drill | undefined = Object.hasOwn(drills, name) ? drills[name as keyof typeof drills] : undefined;
  if (!drill) {
    console.error(`${name ? `There is no drill "${name}"` : 'Which drill?'}; there are ${Object.keys(drills).join(', ')}.\n${usage}`);
    return 2;
  }
  const { config } = loadConfig();
  const backend = new Backend(values.url, config.api.key);
  const { nodes } = (await backend.get('/v1/nodes')).body as { nodes: { role: string; address: string }[] };
  const urls = nodes.filter(({ role }) => role === 'edge').map(({ address }) => `http://${address}`);
  const { token } = (await backend.post('/v1/tokens', { sub: 'drill' })).body as { token: string };
  const room = `drill:${Date.now()}`;
  console.log(`${name}: ${drill.does}\n${values.viewers} viewers on ${urls.length} edges, 20 chats and 10 gifts a second into ${room}`);
  const audience = await Audience.join({ size: Number(values.viewers), urls, room, token });
  const traffic = new Traffic(backend, { room, chatPerSecond: 20, giftsPerSecond: 10 });
  traffic.start();
  await pause(2);
  const broken = performance.now();
  const scene = { audience, traffic, redisUrl: config.redis.url, backend, room };
  await drill.run(scene);
  await pause(Number(values.seconds));
  await traffic.stop();
  const good = await report(audience, traffic, performance.now() - broken);
  audience.close();
  return good ? 0 : 1;
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
}
