// Starts a real Redis master with replicas and three sentinels, on free ports; with `tls`, they and danmux talk to each other over TLS only, and
// the plain port of a server is for the tools of the test.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificates } from './certificates.ts';
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
  /** Port of the current master, according to the sentinels; the plain one, also with `tls`. */
  masterPort(): Promise<number>;
  /** The current master, according to the sentinels. */
  currentMaster(): Promise<RedisServer>;
  /** Triggers a planned failover; resolves with the new master once the sentinels report it. */
  failover(): Promise<RedisServer>;
  /** Resolves when every other server replicates from the current master. */
  inStep(): Promise<void>;
  stop(): Promise<void>;
}

export interface SentinelOptions {
  readonly replicas?: number;
  readonly downAfterMs?: number;
  /** Uses TLS between all servers, and in `url`. */
  readonly tls?: Certificates;
}

/** A server, and the port at which the group reaches it. */
interface Member extends RedisServer {
  readonly listens: number;
}

export async function startSentinelGroup({ replicas = 1, downAfterMs = 1_500, tls }: SentinelOptions = {}): Promise<SentinelGroup> {
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
    const master = await keep(startMember(tls, []));
    const servers = [master];
    for (let i = 0; i < replicas; i++) servers.push(await keep(startMember(tls, ['--replicaof', `127.0.0.1 ${master.listens}`])));
    await eventually(() => mustFollow(servers, master));
    const sentinels: Sentinel[] = [];
    for (let i = 0; i < 3; i++) sentinels.push(await keep(startSentinel(master.listens, downAfterMs, tls)));
    await eventually(() => mustKnowEachOther(sentinels, replicas), { timeoutMs: 20_000, everyMs: 200 });
    const [first] = sentinels as [Sentinel];
    const url = `${tls ? 'rediss' : 'redis'}+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/danmux`;
    const currentMaster = async () => serverAt(servers, await masterPortOf(first));
    const masterPort = async () => (await currentMaster()).port;
    const inStep = () => eventually(async () => mustFollow(servers, await currentMaster()), { timeoutMs: 30_000, everyMs: 100 });
    const failover = async () => {
      const before = await masterPort();
      // The sentinel refuses a failover until it has a recent reply from a replica, so the command is repeated.
      await eventually(async () => {
        const answer = await first.ask('failover', 'danmux');
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

/** With TLS the plain port stays open for the tools of the test. */
async function startMember(tls: Certificates | undefined, more: readonly string[]): Promise<Member> {
  if (!tls) {
    const server = await startRedis({ args: [...args, ...more] });
    return { ...server, listens: server.port };
  }
  const listens = await freePort();
  const secured = [
    '--tls-port',
    String(listens),
    '--tls-replication',
    'yes',
    '--tls-auth-clients',
    'no',
    ...tlsFiles(tls).flatMap(([name, file]) => [`--${name}`, file]),
  ];
  return { ...(await startRedis({ args: [...args, ...secured, ...more] })), listens };
}

function tlsFiles({ server, ca }: Certificates): [name: string, file: string][] {
  return [
    ['tls-cert-file', server.cert],
    ['tls-key-file', server.key],
    ['tls-ca-cert-file', ca],
  ];
}

async function masterPortOf({ ask }: Sentinel): Promise<number> {
  return Number((await ask('get-master-addr-by-name', 'danmux')).trim().split('\n')[1]);
}

function serverAt(servers: readonly Member[], port: number): Member {
  const server = servers.find(({ listens }) => listens === port);
  if (!server) throw new Error(`no server has port ${port}`);
  return server;
}

async function mustFollow(servers: readonly Member[], master: Member): Promise<void> {
  for (const { port } of servers) {
    const info = await redisCli(port, 'info', 'replication');
    if (port !== master.port && !(info.includes('master_link_status:up') && info.includes(`master_port:${master.listens}`)))
      throw new Error(`a replica is not in step: ${info}`);
  }
}

async function mustKnowEachOther(sentinels: readonly Sentinel[], replicas: number): Promise<void> {
  for (const { ask } of sentinels) {
    const state = await ask('master', 'danmux');
    if (!/num-other-sentinels\n2\n/.test(state) || !state.includes(`num-slaves\n${replicas}\n`)) throw new Error('the sentinels do not know each other yet');
  }
}

interface Sentinel {
  readonly port: number;
  /** The reply to a SENTINEL command. */
  ask(...command: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

async function startSentinel(masterPort: number, downAfterMs: number, tls: Certificates | undefined): Promise<Sentinel> {
  const port = await freePort();
  const dir = await mkdtemp(join(tmpdir(), 'danmux-sentinel-'));
  const file = join(dir, 'sentinel.conf');
  const lines = [
    ...(tls ? ['port 0', `tls-port ${port}`, 'tls-replication yes', 'tls-auth-clients no', ...tlsFiles(tls).map((pair) => pair.join(' '))] : [`port ${port}`]),
    'bind 127.0.0.1',
    `dir ${dir}`,
    `sentinel monitor danmux 127.0.0.1 ${masterPort} 2`,
    `sentinel down-after-milliseconds danmux ${downAfterMs}`,
    'sentinel failover-timeout danmux 6000',
  ];
  await writeFile(file, `${lines.join('\n')}\n`);
  const cli = tls ? ['--tls', '--cacert', tls.ca, '-h', '127.0.0.1'] : [];
  const child = new Child('sentinel', 'redis-server', [file, '--sentinel']);
  const stop = async () => {
    await child.stop('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await eventually(async () => {
      if (!(await redisCli(port, ...cli, 'ping')).includes('PONG')) throw new Error(`the sentinel does not answer:\n${child.output}`);
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, ask: (...command) => redisCli(port, ...cli, 'sentinel', ...command), stop };
}
