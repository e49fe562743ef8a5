// The only file that knows all four roles. It puts the requested ones into one process, with one bus. A process with all roles on the memory
// engine and a process with a single role of a large cluster run the same code.
import { fileURLToPath } from 'node:url';
import { ApiRole } from '@danmux/api';
import { type Bus, createBus } from '@danmux/bus';
import { EdgeRole } from '@danmux/edge';
import { createJobs, type Jobs } from '@danmux/jobs';
import { RelayRole } from '@danmux/relay';
import { type Config, ConfigError, createRuntime, HealthServer, type Part, type Runtime } from '@danmux/runtime';
import { webRoot } from '@danmux/web';
import { WorkerRole } from '@danmux/worker';
import { version } from './version.ts';

/** Every role, in the order they start. */
export const roleNames = ['relay', 'worker', 'edge', 'api'] as const;
export type RoleName = (typeof roleNames)[number];

/** A composed process: a runtime, a bus and the parts of its roles. */
export interface Node {
  readonly runtime: Runtime;
  readonly bus: Bus;
  /** In the order they start. */
  readonly parts: readonly Part[];
  /** `host:port` of each role that listens for clients. Call after the start. */
  addresses(): Partial<Record<RoleName, string>>;
}

/** Parses `edge,relay` or `all`; throws a ConfigError that names an unknown role. */
export function parseRoles(text: string): RoleName[] {
  const asked = text.split(',').map((name) => name.trim());
  if (asked.includes('all')) return [...roleNames];
  for (const name of asked) {
    if (!(roleNames as readonly string[]).includes(name))
      throw new ConfigError(`--role: there is no role "${name}"; there are ${roleNames.join(', ')} and all.`);
  }
  return roleNames.filter((name) => asked.includes(name));
}

/**
 * Creates the parts of a process and starts nothing. `logger` is the destination of the log, by default standard output. Throws a ConfigError
 * when fewer than all roles are requested on the memory engine.
 */
export function composeNode(config: Config, roles: readonly RoleName[], logger?: { write(line: string): void }, environment = 'development'): Node {
  const role = roles.length === 1 ? (roles[0] ?? 'node') : 'node';
  const runtime = createRuntime({ config, role, version, environment, ...(logger ? { logger } : {}) });
  const bus = createBus(runtime);
  if (bus.engine === 'memory' && roles.length < roleNames.length) {
    throw new ConfigError('the memory engine works within one process: start all roles in it, or set REDIS_URL to run roles in separate processes.');
  }
  const jobs = createJobs(runtime, bus);
  const made = new Map(roles.map((name) => [name, makeRole(name, runtime, bus, jobs)]));
  return {
    runtime,
    bus,
    parts: [logPart(runtime), busPart(runtime, bus), ...jobsOf(roles, jobs), ...probes(runtime, roles), ...made.values()],
    addresses: () => Object.fromEntries([...made].flatMap(([name, part]) => ('address' in part ? [[name, part.address()]] : []))),
  };
}

function makeRole(name: RoleName, runtime: Runtime, bus: Bus, jobs: Jobs): EdgeRole | RelayRole | ApiRole | WorkerRole {
  switch (name) {
    case 'edge':
      return new EdgeRole(runtime, bus);
    case 'relay':
      return new RelayRole(runtime, bus);
    case 'api':
      return new ApiRole(runtime, bus, jobs, { webRoot: fileURLToPath(webRoot) });
    case 'worker':
      return new WorkerRole(runtime, bus, jobs);
  }
}

/** The job queue, if the process has api or worker, the only roles that use it. It starts before them and stops after them. */
function jobsOf(roles: readonly RoleName[], jobs: Jobs): Part[] {
  return roles.includes('api') || roles.includes('worker') ? [jobs] : [];
}

/**
 * Edge and api answer health probes on their own ports. If `metrics.port` is set, a second server answers probes there, on a port that can be
 * closed to viewers. A process with neither edge nor api always gets a server that only answers probes.
 */
function probes(runtime: Runtime, roles: readonly RoleName[]): Part[] {
  const { metrics, relay, worker } = runtime.config;
  if (roles.includes('edge') || roles.includes('api')) return metrics.port === 0 ? [] : [new HealthServer(runtime, metrics.port)];
  return [new HealthServer(runtime, roles.includes('relay') ? relay.port : worker.port)];
}

/** Starts first and therefore stops last. Its stop logs the counts of repeated lines that were not written. */
function logPart({ counted }: Runtime): Part {
  return { name: 'log', start: async () => {}, drain: async () => {}, stop: async () => counted.stop() };
}

function busPart(runtime: Runtime, bus: Bus): Part {
  const watch = async () => {
    const up = await bus.health().then(
      () => 1,
      () => 0,
    );
    runtime.metrics.storeUp.set(up);
  };
  let timer: NodeJS.Timeout | undefined;
  return {
    name: 'bus',
    start: async () => {
      await bus.start();
      runtime.health.register('store', () => bus.health());
      timer = setInterval(() => void watch(), 1_000);
    },
    drain: async () => {},
    stop: async () => {
      clearInterval(timer);
      await bus.stop();
    },
  };
}
