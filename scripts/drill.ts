// `npm run drill -- NAME`: injects a fault into a running pm2 cluster while its own viewers and traffic use a test room, and prints
// the messages lost, delivered twice and late, and the time to recovery. Without a name it lists the drills.
import { parseArgs } from 'node:util';
import { loadConfig } from '@danmux/runtime';
import { Audience, Backend, Traffic } from '@danmux/testkit';
import type { Drill } from './drill/drill.ts';
import { drills } from './drill/drills.ts';
import { report } from './drill/report.ts';

const usage = `npm run drill -- NAME [--url http://127.0.0.1:7800] [--viewers 50] [--seconds 10] [--start "systemctl start redis"]
The API key comes from DANMUX_API_KEY or the config; pm2 is the one of this user (or PM2_HOME); those that break Redis take REDIS_URL.
It fails when an acknowledged gift is lost or doubled. Drills that stop or end something do so to everybody's rooms.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:7800' },
    viewers: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '10' },
    start: { type: 'string' },
    list: { type: 'boolean' },
  },
});

const [name] = positionals;
const drill = name !== undefined && Object.hasOwn(drills, name) ? drills[name] : undefined;
if (name === undefined || values.list) {
  for (const [each, { does }] of Object.entries(drills)) console.log(`${each.padEnd(20)}${does}`);
  console.log(`\n${usage}`);
} else if (drill) {
  process.exitCode = await run(name, drill).catch((error: unknown) => {
    console.error(`${name}: ${(error as Error).message}`);
    return 1;
  });
} else {
  console.error(`There is no drill "${name}"; there are ${Object.keys(drills).join(', ')}.\n${usage}`);
  process.exitCode = 2;
}

async function run(called: string, { does, run: breakIt }: Drill): Promise<number> {
  const { config } = loadConfig();
  const backend = new Backend(values.url, config.api.key);
  const { nodes } = await bodyOf<{ nodes: { role: string; address: string }[] }>('GET /v1/nodes', backend.get('/v1/nodes'));
  const urls = nodes.filter(({ role }) => role === 'edge').map(({ address }) => `http://${address}`);
  const { token } = await bodyOf<{ token: string }>('POST /v1/tokens', backend.post('/v1/tokens', { sub: 'drill' }));
  const room = `drill:${Date.now()}`;
  console.log(`${called}: ${does}\n${values.viewers} viewers on ${urls.length} edges, 20 chats and 10 gifts a second into ${room}`);
  const audience = await Audience.join({ size: Number(values.viewers), urls, room, token });
  const traffic = new Traffic(backend, { room, chatPerSecond: 20, giftsPerSecond: 10 });
  try {
    traffic.start();
    await pause(2);
    const broken = performance.now();
    await breakIt({ audience, traffic, config, backend, room, start: values.start });
    const mended = performance.now();
    await pause(Number(values.seconds));
    const ended = performance.now();
    await traffic.stop();
    return (await report(audience, traffic, { broken, mended, ended })) ? 0 : 1;
  } finally {
    audience.close();
    await traffic.stop();
  }
}

/** The body of a 2xx answer. Throws an error that names the remedy otherwise. */
async function bodyOf<T>(request: string, answer: Promise<{ status: number; body: unknown }>): Promise<T> {
  const { status, body } = await answer.catch((error: Error) => ({ status: 0, body: error.cause ?? error }));
  if (status >= 200 && status < 300) return body as T;
  if (status === 0) throw new Error(`${request} at ${values.url} failed: ${String(body)}. Give the address of the API by --url.`);
  const { code = '', detail = '' } = Object(body) as { readonly code?: string; readonly detail?: string };
  throw new Error(`${request} at ${values.url} was answered ${status} ${code}: ${detail} Give a key of this cluster with the scope admin by DANMUX_API_KEY.`);
}

function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
}
