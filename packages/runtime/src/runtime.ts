// What every role is given: its config, logger, metrics, health and clock, under one node id. It creates nothing of the
// business; `createRuntime` only gathers the pieces of this package.
import type { Clock } from './clock.ts';
import { ClusterClock } from './cluster-clock.ts';
import type { Config } from './config-schema.ts';
import { Degraded } from './degraded.ts';
import { Health } from './health.ts';
import { newId } from './ids.ts';
import { createLogger, type Logger, type LoggerOptions } from './logger.ts';
import { createMetrics, type Metrics } from './metrics.ts';

export interface Runtime {
  /** Unique among all processes of the cluster, new at every start. */
  readonly node: string;
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly health: Health;
  /** What is wrong while this process still serves. */
  readonly degraded: Degraded;
  /** The cluster's time: that of the store. Whatever is compared or told across processes goes by it. */
  readonly clock: Clock;
  readonly version: string;
}

export interface RuntimeOptions {
  readonly config: Config;
  readonly role: string;
  readonly version: string;
  readonly logger?: LoggerOptions['destination'];
  readonly clock?: Clock;
  readonly processMetrics?: boolean;
}

export function createRuntime({ config, role, version, logger, clock = new ClusterClock(), processMetrics = true }: RuntimeOptions): Runtime {
  const node = `${role}-${newId().slice(-10).toLowerCase()}`;
  const log = createLogger({ level: config.log.level, pretty: config.log.pretty, role, node, ...(logger ? { destination: logger } : {}) });
  const metrics = createMetrics({ defaults: processMetrics });
  const degraded = new Degraded(log, metrics.degraded);
  return { node, config, log, metrics, health: new Health(log, degraded), degraded, clock, version };
}
