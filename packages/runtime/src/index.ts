// What a danmux process needs before it does anything. It knows no role and no message.
export { type BackoffOptions, backoffMs } from './backoff.ts';
export { type Clock, systemClock } from './clock.ts';
export { ClusterClock } from './cluster-clock.ts';
export { type ConfigOptions, type LoadedConfig, loadConfig, redactConfig, type Setting, settings } from './config.ts';
export { ConfigError } from './config-error.ts';
export { type Config, configSchema } from './config-schema.ts';
export { type Degradation, Degraded } from './degraded.ts';
export { type Check, Health, type Readiness } from './health.ts';
export { HealthServer, probe } from './health-server.ts';
export { newId } from './ids.ts';
export { Lifecycle, type LifecycleOptions } from './lifecycle.ts';
export { createLogger, type Logger, type LoggerOptions } from './logger.ts';
export { createMetrics, type Metrics, metricTable } from './metrics.ts';
export type { Part } from './part.ts';
export { createRuntime, type Runtime } from './runtime.ts';
export { TokenBucket } from './token-bucket.ts';
export { signViewerToken, verifyViewerToken } from './viewer-token.ts';
