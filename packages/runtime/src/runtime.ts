// What every role is given: its config, logger, metrics, health and clock, under one node id. It creates nothing of the
// business; `createRuntime` only gathers the pieces of this package.
import { type Caught, createCaught } from './caught.ts';
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

export interface Runtime {
  /** Unique among all processes of the cluster, new at every start. */
  readonly node: string;
  readonly config: Config;
  readonly log: Logger;
  /** For lines that repeat with the traffic, or room by room in an outage. */
  readonly counted: CountedLog;
  /** Counts and logs an error that was caught and survived. */
  readonly caught: Caught;
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
  /** Where the log goes; the standard output when absent. */
  readonly logger?: LogDestination;
  readonly clock?: Clock;
  readonly processMetrics?: boolean;
}

export function createRuntime({ config, role, version, logger, clock = new ClusterClock(), processMetrics = true }: RuntimeOptions): Runtime {
  const node = `${role}-${newId().slice(-10).toLowerCase()}`;
  const metrics = createMetrics({ defaults: processMetrics });
  const destination = logger ?? standardOutput(config, metrics, () => ({ log, degraded }));
  const log = createLogger({ level: config.log.level, pretty: config.log.pretty, role, node, destination });
  const degraded = new Degraded(log, metrics.degraded);
  const counted = new CountedLog(log);
  const caught = createCaught({ metrics, log, counted });
  return { node, config, log, counted, caught, metrics, health: new Health(log, degraded), degraded, clock, version };
}

/** The log cannot say that it is not written, so /readyz and the metrics do; how many lines were lost stands in it afterwards. */
function standardOutput(config: Config, metrics: Metrics, parts: () => Pick<Runtime, 'log' | 'degraded'>): LogDestination {
  const output = new LogOutput({
    bufferBytes: config.log.buffer_bytes,
    dropped: () => metrics.logDropped.inc(),
    outage: (error) => {
      const cause = error && error.code !== 'EAGAIN' ? error.message : 'the reader of the standard output stands still';
      parts().degraded.set('log_dropped', `Lines of the log are dropped: ${cause}.`);
    },
    resumed: (lines) => {
      parts().degraded.clear('log_dropped');
      parts().log.warn({ lines }, 'lines of the log were dropped');
    },
  });
  return { write: (line, fatal) => output.write(line, fatal), flush: (done) => output.flush(done), colours: process.stdout.isTTY };
}
