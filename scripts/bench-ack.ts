// `npm run bench:ack`: measures the cost of `redis.ack: replicated` at several numbers of concurrent publishes: gifts/s, latency, and CPU
// per gift in danmux and in the Redis master. It starts a master with one replica on this machine. A benchmark, not a test.
import { acceptPublication, type Bus, createBus } from '@danmux/bus';
import { createRuntime, loadConfig, type Runtime } from '@danmux/runtime';
import { eventually, type RedisServer, redisCli, startRedis, testSecrets } from '@danmux/testkit';

const seconds = 3;
const rooms = 1_000;

interface Measured {
  readonly perSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  /** Microseconds of CPU per gift, in this process and in the master. */
  readonly cpuUs: number;
  readonly redisUs: number;
  readonly waits: number;
}

async function measure({ runtime, bus }: { runtime: Runtime; bus: Bus }, master: RedisServer, atOnce: number): Promise<Measured> {
  await redisCli(master.port, 'flushall');
  await redisCli(master.port, 'config', 'resetstat');
  const times: number[] = [];
  const [cpu, redis, began] = [process.cpuUsage(), await cpuOf(master), performance.now()];
  const end = began + seconds * 1_000;
  const rules = { types: runtime.config.messages.types, maxData: 4_096 };
  const pushOn = async (lane: number) => {
    for (let at = lane; performance.now() < end; at += atOnce) {
      const sent = performance.now();
      const incoming = {
        room: `room-${at % rooms}`,
        type: 'gift',
        data: { gift: 'rocket', count: 1 },
        id: `order-${at}`,
        from: { id: `u${at}`, name: '小明' },
      };
      const [result] = await bus.ingress.publish([acceptPublication(incoming, { ...rules, now: Date.now() })]);
      if (result instanceof Error) throw result;
      times.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, lane) => pushOn(lane)));
  const took = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor((times.length - 1) * share)] ?? 0;
  return {
    ...{ perSecond: times.length / took, medianMs: at(0.5), p99Ms: at(0.99) },
    cpuUs: (user + system) / times.length,
    redisUs: ((await cpuOf(master)) - redis) / times.length,
    waits: (await master.calls('wait')) / times.length,
  };
}

/** CPU time used so far, in microseconds. */
async function cpuOf({ port }: RedisServer): Promise<number> {
  const info = await redisCli(port, 'info', 'cpu');
  return ['sys', 'user'].reduce((sum, part) => sum + 1e6 * Number(new RegExp(`used_cpu_${part}:([\\d.]+)`).exec(info)?.[1]), 0);
}

async function open(url: string, ack: string): Promise<{ runtime: Runtime; bus: Bus }> {
  const secrets = { 'viewer.token_secret': testSecrets.DANMUX_TOKEN_SECRET, 'api.key': testSecrets.DANMUX_API_KEY };
  const set = { ...secrets, 'log.level': 'silent', 'redis.url': url, 'redis.ack': ack, 'relay.ingress_gift': 10_000_000 };
  const { config } = loadConfig({ environment: 'test', dir: 'no-such-folder', env: {}, set });
  const runtime = createRuntime({ config, role: 'bench', version: '0', processMetrics: false });
  const bus = createBus(runtime);
  await bus.start();
  await eventually(() => bus.health());
  return { runtime, bus };
}

const master = await startRedis({ args: ['--appendonly', 'yes', '--repl-diskless-sync-delay', '0'] });
const replica = await startRedis({ args: ['--appendonly', 'yes', '--replicaof', `127.0.0.1 ${master.port}`] });
try {
  await eventually(async () => {
    if (!(await redisCli(replica.port, 'info', 'replication')).includes('master_link_status:up'))
      throw new Error('the replica has not synchronized with its master');
  });
  console.log(`| at a time | redis.ack | gifts/s | median | p99 | CPU a gift, danmux | CPU a gift, master | WAITs a gift |\n|---|---|---|---|---|---|---|---|`);
  for (const atOnce of [1, 32, 1_000]) {
    for (const ack of ['local', 'replicated']) {
      const opened = await open(master.url, ack);
      const { perSecond, medianMs, p99Ms, cpuUs, redisUs, waits } = await measure(opened, master, atOnce);
      const cells = [`${medianMs.toFixed(1)} ms`, `${p99Ms.toFixed(1)} ms`, `${cpuUs.toFixed(0)} µs`, `${redisUs.toFixed(0)} µs`, waits.toFixed(3)];
      console.log(`| ${atOnce.toLocaleString('en')} | ${ack} | ${Math.round(perSecond).toLocaleString('en')} | ${cells.join(' | ')} |`);
      await opened.bus.stop();
    }
  }
} finally {
  await Promise.all([master.stop(), replica.stop()]);
}
