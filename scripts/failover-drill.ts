// `npm run drill:failover`: causes each fault in a Sentinel group and in a Redis Cluster, under each value of `redis.ack`. It counts the acknowledged
// messages and how many of them reach a viewer that stays connected and a viewer that reconnects. It starts all servers itself and takes about four
// minutes. It fails on a message delivered twice, on a loss under `replicated`, and on a loss under `local` of which the viewer was not notified.
import { setTimeout as wait } from 'node:timers/promises';
import { shardOf } from '@danmux/bus';
import {
  countFailover,
  eventually,
  faultsOf,
  lineOf,
  ProcessCluster,
  type RedisClusterGroup,
  type RedisServer,
  redisCli,
  type SentinelGroup,
  startRedisCluster,
  startSentinelGroup,
} from '@danmux/testkit';

type Fault = (room: string) => Promise<void>;
const acks = ['local', 'replicated'] as const;
/** Selects the set-ups: `npm run drill:failover -- cluster` or `-- sentinel`. */
const only = process.argv[2] ?? '';
let failed = 0;

async function drill(name: string, group: { url: string }, any: RedisServer, faults: Readonly<Record<string, Fault>>): Promise<void> {
  const redis = { ...any, url: group.url, stop: async () => {} };
  const start = (ack: (typeof acks)[number]) =>
    ProcessCluster.start({ edges: 2, relays: 2, apis: 1, workers: 0, redis, env: { DANMUX_REDIS_PREFIX: ack, DANMUX_REDIS_ACK: ack } });
  const clusters = { local: await start('local'), replicated: await start('replicated') };
  try {
    for (const [fault, breakIt] of Object.entries(faults)) {
      let broken: Promise<void> | undefined;
      const room = `live:${fault.replaceAll(' ', '-')}`;
      const together = () => {
        broken ??= breakIt(room);
        return broken;
      };
      await Promise.all(
        acks.map(async (ack) => {
          const count = await countFailover(clusters[ack], { room, giftsPerSecond: 60 }, together);
          const wrong = faultsOf(count, ack);
          failed += wrong.length;
          console.log(`${name}, ${fault}, ${ack}: ${lineOf(count)}${wrong.length > 0 ? `  WRONG: ${wrong.join('; ')}` : ''}`);
        }),
      );
    }
  } finally {
    await Promise.all(acks.map((ack) => clusters[ack].stop()));
  }
}

function sentinelFaults(group: SentinelGroup): Readonly<Record<string, Fault>> {
  let dead: RedisServer | undefined;
  return {
    'planned failover': async () => void (await group.failover()),
    'two planned failovers': async () => {
      await group.inStep();
      await group.failover();
      await group.inStep();
      await group.failover();
    },
    'master killed': async () => {
      await group.inStep();
      dead = await group.currentMaster();
      await dead.kill();
      await eventually(async () => mustBeOther(await group.masterPort(), dead?.port), { timeoutMs: 20_000 });
    },
    'old master returns': async () => {
      await dead?.start();
      await group.inStep();
    },
  };
}

function clusterFaults(group: RedisClusterGroup): Readonly<Record<string, Fault>> {
  const masterOf = (room: string) => group.masterOf(`replicated:{s${shardOf(room, 64)}}:ledger`);
  return {
    'planned failover': async (room) => {
      const before = await masterOf(room);
      const replica = await replicaOf(group, before);
      await redisCli(replica.port, 'cluster', 'failover');
      await eventually(async () => mustBeOther((await masterOf(room)).port, before.port), { timeoutMs: 20_000 });
    },
    'master killed and back': async (room) => {
      const before = await masterOf(room);
      await before.kill();
      const asked = group.servers.find((server) => server !== before)?.port ?? 0;
      await eventually(async () => mustBeOther(await masterPortAt(group, asked, room), before.port), { timeoutMs: 30_000, everyMs: 100 });
      // The promoted replica is the only server of its shard until the old master returns.
      await wait(1_000);
      await before.start();
    },
  };
}

async function replicaOf(group: RedisClusterGroup, master: RedisServer): Promise<RedisServer> {
  for (const server of group.servers) if ((await redisCli(server.port, 'info', 'replication')).includes(`master_port:${master.port}`)) return server;
  throw new Error('the master has no replica');
}

/** The port of the room's master according to the server at port `asked`, which must be alive. */
async function masterPortAt(group: RedisClusterGroup, asked: number, room: string): Promise<number> {
  const slot = Number(await redisCli(asked, 'cluster', 'keyslot', `replicated:{s${shardOf(room, 64)}}:ledger`));
  for (const line of (await redisCli(asked, 'cluster', 'nodes')).trim().split('\n')) {
    const [, address = '', flags = '', , , , , , ...ranges] = line.split(' ');
    const holds = ranges.some((range) => Number(range.split('-')[0]) <= slot && slot <= Number(range.split('-')[1] ?? range));
    if (flags.includes('master') && holds) return Number(/:(\d+)@/.exec(address)?.[1]);
  }
  throw new Error(`none of ${group.servers.length} servers owns the slot`);
}

function mustBeOther(port: number, than: number | undefined): void {
  if (port === than) throw new Error('the master has not changed');
}

if (only !== 'cluster') {
  const group = await startSentinelGroup({ replicas: 2 });
  await drill('sentinel', group, group.master, sentinelFaults(group)).finally(() => group.stop());
}
if (only !== 'sentinel') {
  const group = await startRedisCluster({ replicas: 1 });
  const [any] = group.servers;
  if (any) await drill('cluster', group, any, clusterFaults(group)).finally(() => group.stop());
}
process.exit(failed > 0 ? 1 : 0);
