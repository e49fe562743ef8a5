// Starts danmux by its built command: all roles in one process on the memory engine.
import { fileURLToPath } from 'node:url';
import { Child, freePorts, testSecrets } from '@danmux/testkit';
import { type Command, onCore } from '../process/core.ts';
import { type Ledger, type ServerUnderTest, textOf } from './server.ts';

export interface DanmuxOptions {
  readonly core: number | undefined;
  readonly shedding: boolean;
  /** `path=value`, as on the command line. */
  readonly set?: readonly string[];
}

const main = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url));
const noConfig = fileURLToPath(new URL('../../../packages/testkit/no-config/', import.meta.url));
const host = '127.0.0.1';
/** In production the metrics need a key. */
const metricsKey = 'm'.repeat(32);
/** Connection limits above the size of any swarm. */
const maxConnections = 20_000;

/** Starts the given roles from the built command. */
export function danmuxCommand(core: number | undefined, roles: string, set: readonly string[] = []): Command {
  const settings = [`edge.max_connections=${maxConnections}`, ...set].flatMap((setting) => ['--set', setting]);
  return onCore(core, [process.execPath, main, ...settings, 'start', '--role', roles]);
}

export function danmuxEnvironment(shedding: boolean): Record<string, string> {
  return {
    ...{ ...testSecrets, NODE_ENV: 'production', DANMUX_METRICS_KEY: metricsKey, DANMUX_CONFIG_DIR: noConfig },
    ...{ DANMUX_LOG_LEVEL: 'warn', DANMUX_SHEDDING: shedding ? 'on' : 'off' },
  };
}

/** The metrics of the process that listens on this port. */
export function danmuxMetrics(port: number): Promise<string> {
  return textOf(`http://${host}:${port}/metrics`, { authorization: `Bearer ${metricsKey}` });
}

export async function startDanmux({ core, shedding, set }: DanmuxOptions): Promise<ServerUnderTest> {
  const port = await freePorts(2);
  const [command, ...args] = danmuxCommand(core, 'all', set);
  const env = { ...danmuxEnvironment(shedding), DANMUX_ENGINE: 'memory', DANMUX_EDGE_PORT: String(port), DANMUX_API_PORT: String(port + 1) };
  const child = new Child('danmux', command, args, { ipc: true, env });
  await child.ready;
  const api = `http://${host}:${port + 1}`;
  const authorization = { authorization: `Bearer ${testSecrets.DANMUX_API_KEY}` };
  return {
    name: 'danmux',
    host,
    port,
    outlet: { kind: 'danmux', url: api, key: testSecrets.DANMUX_API_KEY },
    pids: [child.pid],
    storePids: [],
    metrics: () => danmuxMetrics(port),
    ledger: async () => JSON.parse(await textOf(`${api}/v1/stats`, authorization)) as Ledger,
    output: () => child.output.slice(-4_000),
    stop: () => child.stop('SIGKILL'),
  };
}
