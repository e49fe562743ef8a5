// Starts a real Redis Cluster with three masters, each with zero or one replica, on free ports.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { type RedisServer, startRedis } from './redis-server.ts';

const run = promisify(execFile);

export interface RedisClusterGroup {
  readonly url: string;
  readonly servers: readonly RedisServer[];
  /** The current master of the slot of `key`. */
  masterOf(key: string): Promise<RedisServer>;
  stop(): Promise<void>;
}

export async function startRedisCluster({ replicas = 0 }: { replicas?: 0 | 1 } = {}): Promise<RedisClusterGroup> {
  const args = [
    '--cluster-enabled',
    'yes',
    '--cluster-node-timeout',
    '1500',
    '--cluster-require-full-coverage',
    'no',
    '--appendonly',
    'yes',
    '--repl-diskless-sync-delay',
    '0',
  ];
  const servers: RedisServer[] = [];
  const meet: string[] = [];
  const stop = async () => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    for (let i = 0; i < 3 * (1 + replicas); i++) {
      // The default port of the cluster bus (port + 10,000) is in the kernel's ephemeral range, so another connection may use it already.
      const between = await freePort();
      const server = await startRedis({ args: [...args, '--cluster-port', String(between)] });
      servers.push(server);
      meet.push(`127.0.0.1:${server.port}@${between}`);
    }
    await run('redis-cli', ['--cluster', 'create', ...meet, '--cluster-replicas', String(replicas), '--cluster-yes']);
    await eventually(() => mustBeInStep(servers, replicas), { timeoutMs: 30_000, everyMs: 100 });
  } catch (error) {
    await stop();
    throw error;
  }
  const addresses = servers.map(({ port }) => `127.0.0.1:${port}`);
  return { url: `redis+cluster://${addresses.join(',')}`, servers, masterOf: (key) => masterOf(servers, key), stop };
}

async function mustBeInStep(servers: readonly RedisServer[], replicas: number): Promise<void> {
  for (const { port } of servers) {
    const info = await redisCli(port, 'cluster', 'info');
    if (!info.includes('cluster_state:ok') || !info.includes('cluster_slots_ok:16384')) throw new Error(info);
    const nodes = (await redisCli(port, 'cluster', 'nodes')).trim().split('\n');
    if (nodes.length !== servers.length || nodes.some((line) => / (fail\??|handshake)/.test(line))) throw new Error(nodes.join('\n'));
    // A replica that has not finished its first sync is never promoted, so wait for it.
    const replication = await redisCli(port, 'info', 'replication');
    if (replication.includes('role:slave') && !replication.includes('master_link_status:up')) throw new Error(replication);
    if (replication.includes('role:master') && !replication.includes(`connected_slaves:${replicas}`)) throw new Error(replication);
  }
}

async function masterOf(servers: readonly RedisServer[], key: string): Promise<RedisServer> {
  const [any] = servers;
  if (!any) throw new Error('no servers');
  const slot = Number(await redisCli(any.port, 'cluster', 'keyslot', key));
  const lines = (await redisCli(any.port, 'cluster', 'nodes')).trim().split('\n');
  for (const line of lines) {
    const [, address = '', flags = '', , , , , , ...ranges] = line.split(' ');
    if (!flags.includes('master')) continue;
    const holds = ranges.some((range) => {
      const [from = '', to = from] = range.split('-');
      return slot >= Number(from) && slot <= Number(to);
    });
    const port = Number(/:(\d+)@/.exec(address)?.[1]);
    const server = servers.find((one) => one.port === port);
    if (holds && server) return server;
  }
  throw new Error(`no master holds slot ${slot}:\n${lines.join('\n')}`);
}

export async function redisCli(port: number, ...args: string[]): Promise<string> {
  const { stdout } = await run('redis-cli', ['-p', String(port), ...args]);
  return stdout;
}
