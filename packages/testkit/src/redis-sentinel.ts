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
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    // Sentinels first: they have nobody to promote then.
    for (const one of started.reverse()) await one.stop();
  };
  const keep = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const one = await starting;
    started.push(one);
    return one;
  };
  try {
    const master = await keep(startRedis({ args: ['--appendonly', 'yes'] }));
    const replica = await keep(startRedis({ args: ['--appendonly', 'yes', '--replicaof', `127.0.0.1 ${master.port}`] }));
    await eventually(async () => {
      if (!(await cli(replica.port, 'info', 'replication')).includes('master_link_status:up')) throw new Error('the replica is not in step');
    });
    const sentinels: Sentinel[] = [];
    for (let i = 0; i < 3; i++) sentinels.push(await keep(startSentinel(master.port)));
    await eventually(() => mustKnowEachOther(sentinels), { timeoutMs: 20_000, everyMs: 200 });
    const url = `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/danmux`;
    const [first] = sentinels;
    const masterPort = async () => Number((await cli(first?.port ?? 0, 'sentinel', 'get-master-addr-by-name', 'danmux')).trim().split('\n')[1]);
    return { url, master, replica, masterPort, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function mustKnowEachOther(sentinels: readonly Sentinel[]): Promise<void> {
  for (const { port } of sentinels) {
    const state = await cli(port, 'sentinel', 'master', 'danmux');
    if (!/num-other-sentinels\n2\n/.test(state) || !/num-slaves\n1\n/.test(state)) throw new Error('the sentinels do not know each other yet');
  }
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
  const stop = async () => {
    await child.stop('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await eventually(async () => {
      if (!(await cli(port, 'ping')).includes('PONG')) throw new Error(`the sentinel does not answer:\n${child.output}`);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop };
}
