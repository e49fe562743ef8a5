// Who is in the cluster, which relay owns which rooms, what all of them do together off the hot path, and the rules they follow.
export type { JobData, JobName, JobOptions, JobProgress, JobQueue, JobState, JobStatus, Jobs, RepeatedJob, RunningJob } from './jobs/jobs.ts';
export { Membership, type MembershipOptions } from './membership.ts';
export { jobIdOf, type PublishingParts, publishAll, publishDue } from './publishing.ts';
export { everyRoom, RoomEvents, webhooksWanted } from './room-events.ts';
export { roomOfRecord, ruleRecords, type SanctionKind, sanctionField } from './rules/record-names.ts';
export { decodeWordLists, encodeWordList, listOfField, removedWordList } from './rules/word-lists.ts';
export { ShardHolder, type ShardOwner } from './shard-holder.ts';
