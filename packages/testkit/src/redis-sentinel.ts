// A real Redis master with a replica and three sentinels, on free ports.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { cli } from './redis-cluster.ts';
import { type RedisServer, startRedis } from './redis-server.ts';

export interface SentinelGroup {
  readonly url: string;
  readonly master: RedisServer;
  readonly replica: RedisServer;
  /** The port the sentinels call master now. */
  masterPort(): Promise<number>;
  stop(): Promise<void>;
}

export async function startSentinelGroup(): Promise<SentinelGroup> {
  const master = await startRedis({ args: ['--appendonly', 'yes'] });
  const replica = await startRedis({ args: ['--appendonly', 'yes', '--replicaof', `127.0.0.1 ${master.port}`] });
  await eventually(async () => {
    if (!(await cli(replica.port, 'info', 'replication')).includes('master_link_status:up')) throw new Error('the replica is not in step');
  });
  const sentinels: Sentinel[] = [];
  for (let i = 0; i < 3; i++) sentinels.push(await startSentinel(master.port));
  const [first] = sentinels;
  const masterPort = async () => Number((await cli(first?.port ?? 0, 'sentinel', 'get-master-addr-by-name', 'danmux')).trim().split('\n')[1]);
  await eventually(
    async () => {
      for (const { port } of sentinels) {
        const state = await cli(port, 'sentinel', 'master', 'danmux');
        if (!/num-other-sentinels\n2\n/.test(state) || !/num-slaves\n1\n/.test(state)) throw new Error('the sentinels do not know each other yet');
      }
    },
    { timeoutMs: 20_000, everyMs: 200 },
  );
  return {
    url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/danmux`,
    master,
    replica,
    masterPort,
    stop: async () => {
      await Promise.all(sentinels.map(({ stop }) => stop()));
      await Promise.all([master.stop(), replica.stop()]);
    },
  };
}

interface Sentinel {
  readonly port: number;
  stop(): Promise<void>;
}

async function startSentinel(masterPort: number): Promise<Sentinel> {
  const port = await freePort();
  const dir = await mkdtemp(join(tmpdir(), 'danmux-sentinel-'));
  const file = join(dir, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${dir}`,
    `sentinel monitor danmux 127.0.0.1 ${masterPort} 2`,
    'sentinel down-after-milliseconds danmux 1500',
    'sentinel failover-timeout danmux 6000',
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const child = new Child('sentinel', 'redis-server', [file, '--sentinel']);
  await eventually(async () => {
    if (!(await cli(port, 'ping')).includes('PONG')) throw new Error('the sentinel does not answer');
  });
  const stop = async () => {
    await child.stop('SIGKILL');
    await rm(dir, { recursive: true });
  };
  return { port, stop };
}
