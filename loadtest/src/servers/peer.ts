// Starts a peer of the folder `peers`, with its own Redis if needed, on the core that danmux uses.
import { Child, freePorts, type RedisServer } from '@danmux/testkit';
import { onCore } from '../process/core.ts';
import { scriptPath } from '../process/forked-process.ts';
import type { OutletSpec } from '../publisher/outlet.ts';
import { startPinnedRedis } from './pinned-redis.ts';
import { type ServerUnderTest, textOf } from './server.ts';

interface PeerSpec {
  readonly label: string;
  readonly redis: boolean;
  outlet(redis: string, port: number): OutletSpec;
}

const host = '127.0.0.1';
const bySocket: PeerSpec['outlet'] = (_redis, port) => ({ kind: 'socket', host, port: port + 1 });

/** Settings by file name in `peers`. */
export const peers = {
  'socketio-plain': { label: 'socket.io', redis: false, outlet: bySocket },
  'redis-adapter': { label: 'socket.io + redis-adapter', redis: true, outlet: (redis) => ({ kind: 'emitter', redis }) },
  'sharded-adapter': { label: 'socket.io + sharded adapter', redis: true, outlet: (redis) => ({ kind: 'sharded', redis }) },
  'streams-adapter': { label: 'socket.io + streams adapter', redis: true, outlet: (redis) => ({ kind: 'streams', redis }) },
  'ws-alone': { label: 'ws alone', redis: false, outlet: bySocket },
  'bare-loop': { label: 'bare write loop', redis: false, outlet: bySocket },
} as const satisfies Record<string, PeerSpec>;

export type PeerName = keyof typeof peers;

export async function startPeer(name: PeerName, core: number | undefined): Promise<ServerUnderTest> {
  const spec: PeerSpec = peers[name];
  const port = await freePorts(2);
  const redis = spec.redis ? await startPinnedRedis(core) : undefined;
  const storePids = redis ? [redis.pid] : [];
  const [command, ...args] = onCore(core, [process.execPath, ...process.execArgv, scriptPath(`peers/${name}`), String(port), redis?.url ?? '']);
  const child = new Child(name, command, args, { ipc: true, env: { NODE_ENV: 'production' } });
  try {
    await child.ready;
  } catch (error) {
    await redis?.stop();
    throw error;
  }
  return {
    name,
    host,
    port,
    outlet: spec.outlet(redis?.url ?? '', port),
    pids: [child.pid],
    storePids,
    metrics: () => textOf(`http://${host}:${port}/metrics`),
    ledger: async () => undefined,
    output: () => child.output.slice(-4_000),
    stop: () => stop(child, redis),
  };
}

async function stop(child: Child, redis: RedisServer | undefined): Promise<void> {
  await child.stop('SIGKILL');
  await redis?.stop();
}
