// Who is in the cluster, which relay owns which rooms, what all of them do together off the hot path, and the rules they follow.
export { Hops } from './hops.ts';
export { createJobs } from './jobs/create-jobs.ts';
export {
  type JobData,
  type JobName,
  type JobOptions,
  JobPaused,
  type JobProgress,
  type JobQueue,
  type JobState,
  type JobStatus,
  type Jobs,
  type RepeatedJob,
  type RunningJob,
} from './jobs/jobs.ts';
export { Membership, type MembershipOptions } from './membership.ts';
export { laneTotals, type RoleNumbers, totalOf } from './process-numbers.ts';
export { addReceiptsJob, jobIdOf, type PublishingParts, publishAll, publishDue } from './publishing.ts';
export { everyRoom, RoomEvents, webhooksWanted } from './room-events.ts';
export { FollowedRecord, type RecordReader } from './rules/followed-record.ts';
export { type Entry, type FieldReader, FollowedRecords } from './rules/followed-records.ts';
export { roomOfRecord, ruleRecords, type SanctionKind, sanctionField } from './rules/record-names.ts';
export { type RuleChange, Rules } from './rules/rules.ts';
export { decodeWordLists, encodeWordList, listOfField, removedWordList } from './rules/word-lists.ts';
export { ShardHolder, type ShardOwner } from './shard-holder.ts';
export { readSamples, type StatsSample, sampleEveryMs, samplesKept, takeSample } from './stats-samples.ts';
