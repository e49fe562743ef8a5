// Fixtures for fault-injection tests: clusters of real processes, real Redis servers, and viewers that record what they receive.

export { Audience } from './audience.ts';
export { type Answer, Backend, type Push, type PushOutcome } from './backend.ts';
export { startBrowser } from './browser.ts';
export { Child, type ChildOptions } from './child.ts';
export { type ClockFile, createClockFile } from './clock-file.ts';
export { type DemoPage, keepScreenshot, openDemo, pushGiftByPhp, repositoryRoot } from './demo-page.ts';
export { type EventuallyOptions, eventually } from './eventually.ts';
export { type ExampleEnd, findPython, runExample } from './example.ts';
export { type CountOptions, countFailover, type FailoverCount, faultsOf, lineOf } from './failover-count.ts';
export { backendOf, edgeUrls, testToken } from './fixtures.ts';
export { freePort, freePorts } from './free-port.ts';
export { MemoryWatch } from './memory-watch.ts';
export { metricIn, metricOf } from './metric.ts';
export { type Location, type Nginx, startNginx } from './nginx.ts';
export { type NodeProcessOptions, startNodeProcess, testSecrets } from './node-process.ts';
export { PageViewer } from './page-viewer.ts';
export { Pm2, type Pm2Process } from './pm2.ts';
export { type Pm2Cluster, startPm2Cluster } from './pm2-cluster.ts';
export { type ClusterNode, type ClusterOptions, ProcessCluster } from './process-cluster.ts';
export { type RedisClusterGroup, redisCli, startRedisCluster } from './redis-cluster.ts';
export { type SentinelGroup, startSentinelGroup } from './redis-sentinel.ts';
export { type RedisServer, startRedis } from './redis-server.ts';
export { ledgerMustBalance, runScenario, type ScenarioOptions, type ScenarioResult } from './scenario.ts';
export { type LinkOptions, SlowLink } from './slow-link.ts';
export { readStream, streamMustHold } from './stored-stream.ts';
export { closeViewersOf, TestViewer, type TestViewerOptions } from './test-viewer.ts';
export { Traffic } from './traffic.ts';
