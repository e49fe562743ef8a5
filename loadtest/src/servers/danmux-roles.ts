// Starts danmux as a cluster on Redis with one process per role, to measure each role. The processes run on the servers' core, and Redis on the
// same core or another.
import { Child, freePorts, testSecrets } from '@danmux/testkit';
import { danmuxCommand, danmuxEnvironment, danmuxMetrics } from './danmux.ts';
import { startPinnedRedis } from './pinned-redis.ts';
import { type Ledger, type ServerUnderTest, textOf } from './server.ts';

const host = '127.0.0.1';

type DanmuxRole = 'relay' | 'edge' | 'api';

export interface DanmuxRolesOptions {
  readonly core: number | undefined;
  /** Core of Redis; by default the core of the roles. */
  readonly storeCore?: number | undefined;
  /** Roles to start, by default all; must include the api. */
  readonly roles?: readonly DanmuxRole[];
  readonly set?: readonly string[];
}

export interface DanmuxRoles extends ServerUnderTest {
  /** Process id of each role, and of Redis under the name `redis`. */
  readonly pidOf: Readonly<Record<string, number>>;
  /** Address of the admin API. */
  readonly api: string;
}

export async function startDanmuxRoles({ core, storeCore = core, roles = ['relay', 'edge', 'api'], set = [] }: DanmuxRolesOptions): Promise<DanmuxRoles> {
  const redis = await startPinnedRedis(storeCore);
  const first = await freePorts(roles.length);
  const portOf = (role: DanmuxRole) => first + roles.indexOf(role);
  const start = (role: DanmuxRole) => {
    const env = { ...danmuxEnvironment(true), REDIS_URL: redis.url, [`DANMUX_${role.toUpperCase()}_PORT`]: String(portOf(role)) };
    const [command, ...args] = danmuxCommand(core, role, set);
    return new Child(role, command, args, { ipc: true, env });
  };
  const all = roles.map(start);
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
  const watched = roles.includes('edge') ? 'edge' : 'api';
  const api = `http://${host}:${portOf('api')}`;
  const authorization = { authorization: `Bearer ${testSecrets.DANMUX_API_KEY}` };
  return {
    name: 'danmux',
    host,
    port: portOf(watched),
    outlet: { kind: 'danmux', url: api, key: testSecrets.DANMUX_API_KEY },
    pids: [all[roles.indexOf(watched)]?.pid ?? 0],
    storePids: [redis.pid],
    pidOf: { ...Object.fromEntries(all.map(({ name, pid }) => [name, pid])), redis: redis.pid },
    api,
    metrics: () => danmuxMetrics(portOf(watched)),
    ledger: async () => JSON.parse(await textOf(`${api}/v1/stats`, authorization)) as Ledger,
    output: () => all.map((child) => child.output.slice(-2_000)).join('\n'),
    stop,
  };
}
