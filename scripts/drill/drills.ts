// The drills: what each breaks. They find processes by their pm2 names and break one of a kind, never all.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Audience, Backend, Traffic } from '../../packages/testkit/src/index.ts';

export interface Scene {
  readonly audience: Audience;
  readonly traffic: Traffic;
  readonly backend: Backend;
  readonly room: string;
  readonly redisUrl: string;
}

export interface Drill {
  readonly does: string;
  run(scene: Scene): Promise<void>;
}

const execute = promisify(execFile);
const pm2 = fileURLToPath(new URL('../../node_modules/pm2/bin/pm2', import.meta.url));

export const drills = {
  'edge-crash': { does: 'kills one edge', run: () => signalOne('danmux-edge-', 'SIGKILL') },
  'relay-crash': { does: 'kills one relay', run: () => signalOne('danmux-relay-', 'SIGKILL') },
  'api-crash': { does: 'kills one api process', run: () => signalOne('danmux-api', 'SIGKILL') },
  'worker-crash': { does: 'kills the worker', run: () => signalOne('danmux-worker-', 'SIGKILL') },
  'relay-pause': {
    does: 'stops one relay for ten seconds, then lets it go on',
    run: async () => {
      const pid = await pidOf('danmux-relay-');
      process.kill(pid, 'SIGSTOP');
      await wait(10_000);
      process.kill(pid, 'SIGCONT');
    },
  },
  'redis-cut': { does: 'makes Redis answer nobody for five seconds', run: ({ redisUrl }) => pauseRedis(redisUrl, 5_000) },
  'reconnect-storm': {
    does: 'cuts every viewer of the room at once',
    run: async ({ audience }) => {
      for (const { socket } of audience.viewers) socket.io.engine.close();
    },
  },
  'duplicate-publish': {
    does: 'sends each of 50 gifts eight times at once',
    run: async ({ backend, room, traffic }) => {
      const ids = Array.from({ length: 50 }, (_, index) => `twice-${index}`);
      await Promise.all(ids.flatMap((id) => Array.from({ length: 8 }, () => backend.push({ room, type: 'gift', data: {}, id }))));
      traffic.gifts.push(...ids);
    },
  },
} as const satisfies Record<string, Drill>;

async function signalOne(prefix: string, signal: NodeJS.Signals): Promise<void> {
  process.kill(await pidOf(prefix), signal);
}

async function pidOf(prefix: string): Promise<number> {
  const { stdout } = await execute(process.execPath, [pm2, 'jlist'], { maxBuffer: 16 << 20 });
  const list = JSON.parse(stdout.slice(stdout.indexOf('['))) as { name: string; pid: number }[];
  const found = list.filter(({ name, pid }) => name.startsWith(prefix) && pid > 0);
  const [first] = found;
  if (!first) throw new Error(`pm2 runs no ${prefix}*: start the cluster with "npx pm2 start ecosystem.config.js"`);
  console.log(`${first.name} (${first.pid})`);
  return first.pid;
}

async function pauseRedis(url: string, ms: number): Promise<void> {
  if (!url.startsWith('redis://')) throw new Error('redis-cut needs REDIS_URL=redis://host:port of a single Redis');
  await execute('redis-cli', ['-u', url, 'client', 'pause', String(ms), 'all']);
  await wait(ms);
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
