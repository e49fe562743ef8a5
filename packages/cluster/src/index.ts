// Membership, shard ownership, the publisher and the statistics of the cluster.
export { type ConfigComparison, compareConfigs, type SettingDifference } from './config-differences.ts';
export { Membership, type MembershipOptions } from './membership.ts';
export { laneTotals, type RoleNumbers, totalOf } from './process-stats.ts';
export { addReceiptsJob, Publisher, type PublishingParts, type PublishSource, publishAll, publishDue } from './publisher.ts';
export { type ShardOwner, ShardOwnership } from './shard-ownership.ts';
export { readSamples, type StatsSample, sampleEveryMs, samplesKept, takeSample } from './stats-history.ts';
export { TraceHops } from './trace-hops.ts';
