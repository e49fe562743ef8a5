// Starts a real Redis master with replicas and three sentinels, on free ports.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { redisCli } from './redis-cluster.ts';
import { type RedisServer, startRedis } from './redis-server.ts';

export interface SentinelGroup {
  readonly url: string;
  readonly master: RedisServer;
  /** The first replica. */
  readonly replica: RedisServer;
  /** All servers; the initial master is first. */
  readonly servers: readonly RedisServer[];
  /** Port of the current master, according to the sentinels. */
  masterPort(): Promise<number>;
  /** The current master, according to the sentinels. */
  currentMaster(): Promise<RedisServer>;
  /** Triggers a planned failover; resolves with the new master once the sentinels report it. */
  failover(): Promise<RedisServer>;
  /** Resolves when every other server replicates from the current master. */
  inStep(): Promise<void>;
  stop(): Promise<void>;
}

export async function startSentinelGroup({ replicas = 1, downAfterMs = 1_500 }: { replicas?: number; downAfterMs?: number } = {}): Promise<SentinelGroup> {
  const started: { stop(): Promise<void> }[] = [];
  const stop = async () => {
    // The reverse order stops the sentinels first, so that they do not promote a replica when the master stops.
    for (const one of started.reverse()) await one.stop();
  };
  const keep = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const one = await starting;
    started.push(one);
    return one;
  };
  try {
    const master = await keep(startRedis({ args }));
    const servers = [master];
    for (let i = 0; i < replicas; i++) servers.push(await keep(startRedis({ args: [...args, '--replicaof', `127.0.0.1 ${master.port}`] })));
    await eventually(() => mustFollow(servers, master.port));
    const sentinels: Sentinel[] = [];
    for (let i = 0; i < 3; i++) sentinels.push(await keep(startSentinel(master.port, downAfterMs)));
    await eventually(() => mustKnowEachOther(sentinels, replicas), { timeoutMs: 20_000, everyMs: 200 });
    const url = `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/danmux`;
    const masterPort = () => masterPortOf(sentinels[0]?.port ?? 0);
    const currentMaster = async () => serverAt(servers, await masterPort());
    const inStep = () => eventually(async () => mustFollow(servers, await masterPort()), { timeoutMs: 30_000, everyMs: 100 });
    const failover = async () => {
      const before = await masterPort();
      // The sentinel refuses a failover until it has a recent reply from a replica, so the command is repeated.
      await eventually(async () => {
        const answer = await redisCli(sentinels[0]?.port ?? 0, 'sentinel', 'failover', 'danmux');
        if (!answer.startsWith('OK')) throw new Error(answer);
      });
      await eventually(
        async () => {
          if ((await masterPort()) === before) throw new Error('the sentinels did not change the master');
        },
        { timeoutMs: 20_000 },
      );
      return currentMaster();
    };
    return { url, master, replica: servers[1] ?? master, servers, masterPort, currentMaster, failover, inStep, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const args = ['--appendonly', 'yes', '--repl-diskless-sync-delay', '0'];

async function masterPortOf(sentinel: number): Promise<number> {
  return Number((await redisCli(sentinel, 'sentinel', 'get-master-addr-by-name', 'danmux')).trim().split('\n')[1]);
}

function serverAt(servers: readonly RedisServer[], port: number): RedisServer {
  const server = servers.find((one) => one.port === port);
  if (!server) throw new Error(`no server has port ${port}`);
  return server;
}

async function mustFollow(servers: readonly RedisServer[], master: number): Promise<void> {
  for (const { port } of servers) {
    const info = await redisCli(port, 'info', 'replication');
    if (port !== master && !(info.includes('master_link_status:up') && info.includes(`master_port:${master}`)))
      throw new Error(`a replica is not in step: ${info}`);
  }
}

async function mustKnowEachOther(sentinels: readonly Sentinel[], replicas: number): Promise<void> {
  for (const { port } of sentinels) {
    const state = await redisCli(port, 'sentinel', 'master', 'danmux');
    if (!/num-other-sentinels\n2\n/.test(state) || !state.includes(`num-slaves\n${replicas}\n`)) throw new Error('the sentinels do not know each other yet');
  }
}

interface Sentinel {
  readonly port: number;
  stop(): Promise<void>;
}

async function startSentinel(masterPort: number, downAfterMs: number): Promise<Sentinel> {
  const port = await freePort();
  const dir = await mkdtemp(join(tmpdir(), 'danmux-sentinel-'));
  const file = join(dir, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${dir}`,
    `sentinel monitor danmux 127.0.0.1 ${masterPort} 2`,
    `sentinel down-after-milliseconds danmux ${downAfterMs}`,
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
      if (!(await redisCli(port, 'ping')).includes('PONG')) throw new Error(`the sentinel does not answer:\n${child.output}`);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop };
}
