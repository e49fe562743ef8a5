// Starts danmux as a cluster has it, one process a role on a Redis, all on the servers' core: for what each role costs.
import { Child, freePorts, testSecrets } from '@danmux/testkit';
import { danmuxCommand, danmuxEnvironment } from './danmux.ts';
import { startPinnedRedis } from './pinned-redis.ts';
import { type Ledger, type ServerUnderTest, textOf } from './server.ts';

const host = '127.0.0.1';
const roles = ['relay', 'edge', 'api'] as const;

export interface DanmuxRoles extends ServerUnderTest {
  readonly pidOf: Readonly<Record<(typeof roles)[number] | 'redis', number>>;
}

export async function startDanmuxRoles(core: number | undefined): Promise<DanmuxRoles> {
  const redis = await startPinnedRedis(core);
  const first = await freePorts(roles.length);
  const portOf = (role: (typeof roles)[number]) => first + roles.indexOf(role);
  const start = (role: (typeof roles)[number]) => {
    const env = { ...danmuxEnvironment(true), REDIS_URL: redis.url, [`DANMUX_${role.toUpperCase()}_PORT`]: String(portOf(role)) };
    const [command, ...args] = danmuxCommand(core, role);
    return new Child(role, command, args, { ipc: true, env });
  };
  const children = { relay: start('relay'), edge: start('edge'), api: start('api') };
  const all = Object.values(children);
  const stop = async () => {
    await Promise.all(all.map((child) => child.stop('SIGKILL')));
    await redis.stop();
  };
  try {
    await Promise.all(all.map((child) => child.ready));
  } catch (error) {
    await stop();
    throw error;
  }
  const api = `http://${host}:${portOf('api')}`;
  const authorization = { authorization: `Bearer ${testSecrets.DANMUX_API_KEY}` };
  return {
    name: 'danmux',
    host,
    port: portOf('edge'),
    outlet: { kind: 'danmux', url: api, key: testSecrets.DANMUX_API_KEY },
    pids: [children.edge.pid],
    storePids: [redis.pid],
    pidOf: { relay: children.relay.pid, edge: children.edge.pid, api: children.api.pid, redis: redis.pid },
    metrics: () => textOf(`http://${host}:${portOf('edge')}/metrics`),
    ledger: async () => JSON.parse(await textOf(`${api}/v1/stats`, authorization)) as Ledger,
    output: () => all.map((child) => child.output.slice(-2_000)).join('\n'),
    stop,
  };
}
