// Bundles the node id, config, logger, metrics, health and clock of a process, which every role needs. It contains no role logic.
import { type Caught, createCaught } from './caught.ts';
import { type ClientAddress, createClientAddress } from './client-address.ts';
import type { Clock } from './clock.ts';
import { ClusterClock } from './cluster-clock.ts';
import type { Config } from './config/schema.ts';
import { CountedLog } from './counted-log.ts';
import { Degraded } from './degraded.ts';
import { Health } from './health.ts';
import { newId } from './ids.ts';
import { LogOutput } from './log-output.ts';
import { createLogger, type LogDestination, type Logger } from './logger.ts';
import { createMetrics, type Metrics } from './metrics.ts';

/** Services shared by all components of a process. */
export interface Runtime {
  /** Id of this process, unique in the cluster and new at every start. */
  readonly node: string;
  readonly config: Config;
  /** `development`, `production` or `test`. */
  readonly environment: string;
  readonly log: Logger;
  /** Rate-limited log for lines that can repeat once per message or request, or once per room during an outage. */
  readonly counted: CountedLog;
  /** Counts and logs an error that the caller handled. */
  readonly caught: Caught;
  readonly metrics: Metrics;
  readonly health: Health;
  /** Problems that do not stop this process from serving. */
  readonly degraded: Degraded;
  /** The cluster's time, which is the store's clock. Use it for every time that another process reads or compares. */
  readonly clock: Clock;
  /** The address of the client that sent a request; use it instead of the address of the connection, which may be a proxy's. */
  readonly clientAddress: ClientAddress;
  readonly version: string;
}

/** Options of createRuntime. */
export interface RuntimeOptions {
  readonly config: Config;
  readonly role: string;
  readonly version: string;
  /** Default `development`. */
  readonly environment?: string;
  /** Destination of the log; default standard output. */
  readonly logger?: LogDestination;
  readonly clock?: Clock;
  readonly processMetrics?: boolean;
}

/**
 * Creates the runtime of a process. Call it once per process, because the runtime collects the default process metrics and writes to standard
 * output.
 */
export function createRuntime(options: RuntimeOptions): Runtime {
  const { config, role, version, environment = 'development', logger, clock = new ClusterClock(), processMetrics = true } = options;
  const node = `${role}-${newId().slice(-10).toLowerCase()}`;
  const metrics = createMetrics({ defaults: processMetrics });
  const destination = logger ?? standardOutput(config, metrics, () => ({ log, degraded }));
  const log = createLogger({ level: config.log.level, pretty: config.log.pretty, role, node, destination });
  const degraded = new Degraded(log, metrics.degraded);
  const counted = new CountedLog(log);
  const caught = createCaught({ metrics, log, counted });
  const clientAddress = createClientAddress(config.trusted_proxies);
  return { node, config, environment, log, counted, caught, metrics, health: new Health(log, degraded), degraded, clock, clientAddress, version };
}

/** The log on standard output. While lines are dropped, /readyz and the metrics report it; afterwards one line has the number of lost lines. */
function standardOutput(config: Config, metrics: Metrics, parts: () => Pick<Runtime, 'log' | 'degraded'>): LogDestination {
  const output = new LogOutput({
    bufferBytes: config.log.buffer_bytes,
    dropped: () => metrics.logDropped.inc(),
    outage: (error) => {
      const cause = error && error.code !== 'EAGAIN' ? error.message : 'the reader of the standard output is blocked';
      parts().degraded.set('log_dropped', `Log lines are dropped: ${cause}.`);
    },
    resumed: (lines) => {
      parts().degraded.clear('log_dropped');
      parts().log.warn({ lines }, 'log lines were dropped');
    },
  });
  return { write: (line, fatal) => output.write(line, fatal), flush: (done) => output.flush(done), colours: process.stdout.isTTY };
}
