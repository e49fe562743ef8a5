// The types of the api's replies, derived from the protocol's schemas.
import type {
  AuditRow,
  auditReply,
  DeadLettersReply,
  historyReply,
  JobReply,
  jobsReply,
  KeySelfReply,
  membersReply,
  msgSchema,
  NodesReply,
  publishReply,
  ReceiptsReply,
  ReviewsReply,
  recallReply,
  roomRecallReply,
  roomReply,
  roomsReply,
  SanctionReply,
  StatsHistoryReply,
  StatsReply,
  TraceReply,
  webhooksReply,
  wordListReply,
  wordListsReply,
} from '@danmux/protocol/schemas';
import type { Static } from 'typebox';

export type { AuditRow, DeadLettersReply, JobReply, KeySelfReply, NodesReply, ReceiptsReply, ReviewsReply, StatsHistoryReply, StatsReply, TraceReply };
export type Node = NodesReply['nodes'][number];
export type AuditReply = Static<typeof auditReply>;
export type JobsReply = Static<typeof jobsReply>;
export type HistoryPage = Static<typeof historyReply>;
export type Message = Static<typeof msgSchema>;
export type MembersReply = Static<typeof membersReply>;
export type Member = MembersReply['members'][number];
export type PublishReply = Static<typeof publishReply>;
export type RecallReply = Static<typeof recallReply>;
export type BulkRecallReply = Static<typeof roomRecallReply>;
export type RoomReply = Static<typeof roomReply>;
export type RoomsReply = Static<typeof roomsReply>;
export type SanctionsReply = { readonly mutes?: readonly SanctionReply[]; readonly bans?: readonly SanctionReply[]; readonly cursor: string | null };
export type { SanctionReply };
export type WebhooksReply = Static<typeof webhooksReply>;
export type WordListReply = Static<typeof wordListReply>;
export type WordListsReply = Static<typeof wordListsReply>;
