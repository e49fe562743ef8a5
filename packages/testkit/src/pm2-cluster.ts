// Starts a separate Redis and, with `pm2 start ecosystem.config.js`, a cluster on it, and waits until the api is ready.
import { eventually } from './eventually.ts';
import { freePorts } from './free-port.ts';
import { testSecrets } from './node-process.ts';
import { Pm2 } from './pm2.ts';
import { startRedis } from './redis-server.ts';

export interface Pm2Cluster {
  /** Address of the admin API. */
  readonly api: string;
  readonly edges: readonly string[];
  stop(): Promise<void>;
}

/** Starts two edges, two relays, two api processes and a worker. */
export async function startPm2Cluster(env: Readonly<Record<string, string>> = {}): Promise<Pm2Cluster> {
  const redis = await startRedis();
  const first = await freePorts(8);
  const ports = {
    DANMUX_RELAY_PORT: String(first),
    DANMUX_WORKER_PORT: String(first + 2),
    DANMUX_EDGE_PORT: String(first + 3),
    DANMUX_API_PORT: String(first + 5),
  };
  const pm2 = await Pm2.create({ ...testSecrets, REDIS_URL: redis.url, NODE_ENV: 'development', ...ports, ...env });
  const stop = async () => {
    await pm2.stop();
    await redis.stop();
  };
  const api = `http://127.0.0.1:${first + 5}`;
  try {
    await pm2.start();
    await eventually(async () => void (await mustBeReady(api)), { timeoutMs: 20_000, everyMs: 200 });
  } catch (error) {
    await stop();
    throw error;
  }
  return { api, edges: [0, 1].map((index) => `http://127.0.0.1:${first + 3 + index}`), stop };
}

async function mustBeReady(api: string): Promise<void> {
  const { status } = await fetch(`${api}/readyz`);
  if (status !== 200) throw new Error(`${api}/readyz answers ${status}`);
}
