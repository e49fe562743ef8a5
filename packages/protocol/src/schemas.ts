// Exports the TypeBox schemas of the viewer protocol and the admin API, for the servers.
export { type AuditLogName, type AuditRow, auditQuery, auditReply, auditRow } from './admin/audit.ts';
export { fromSchema, instant, laneSchema, messageId, nextCursor, pageQuery, roomRule, strict, userId } from './admin/fields.ts';
export { type GatewayReply, gatewayExample, gatewayQuery, gatewayReply } from './admin/gateway.ts';
export { type JobReply, jobCancelReply, jobReply, jobsQuery, jobsReply } from './admin/jobs.ts';
export {
  type KeyRequest,
  type KeySelfReply,
  type KeysReply,
  keyId,
  keyRemoveReply,
  keyRequest,
  keyRotateReply,
  keyRotateRequest,
  keySecretReply,
  keySelfExample,
  keySelfReply,
  keysReply,
} from './admin/keys.ts';
export {
  type BatchRequest,
  type BroadcastRequest,
  batchReply,
  batchRequest,
  broadcastReply,
  broadcastRequest,
  type PublishRequest,
  publishReply,
  publishRequest,
  userMessageReply,
} from './admin/messages.ts';
export { type Problem, problem } from './admin/problem.ts';
export { type ReceiptsReply, receiptsReply } from './admin/receipts.ts';
export { heldSchema, type ReviewsReply, rejectReply, reviewsQuery, reviewsReply } from './admin/reviews.ts';
export {
  type HistoryQuery,
  historyQuery,
  historyReply,
  type ModesChange,
  membersQuery,
  membersReply,
  modesSchema,
  msgSchema,
  type RoomReply,
  type RoomsQuery,
  roomModesReply,
  roomPatch,
  roomReply,
  roomsQuery,
  roomsReply,
} from './admin/rooms.ts';
export {
  type BanRequest,
  banRequest,
  bansReply,
  type KickRequest,
  kickRequest,
  mutesReply,
  recallReply,
  roomKickRequest,
  roomRecallReply,
  roomRecallRequest,
  type SanctionReply,
  type SanctionRequest,
  sanctionReply,
  sanctionRequest,
  sanctionsQuery,
  userRecallReply,
} from './admin/sanctions.ts';
export {
  type NodesReply,
  nodesExample,
  nodesReply,
  type StatsHistoryReply,
  type StatsReply,
  type StatsSample,
  statsHistoryExample,
  statsHistoryQuery,
  statsHistoryReply,
  statsReply,
} from './admin/stats.ts';
export { type TokenRequest, tokenReply, tokenRequest, watchTokenReply, watchTokenRequest } from './admin/tokens.ts';
export { type HopName, type TraceReply, traceExample, traceQuery, traceReply } from './admin/traces.ts';
export { type DeadLettersReply, deadLettersQuery, deadLettersReply, enableReply, replayReply, webhookStatus, webhooksReply } from './admin/webhooks.ts';
export { type WordListRequest, type WordListSummary, wordListReply, wordListRequest, wordListSummary, wordListsReply } from './admin/words.ts';
export { roomSchema, type ViewerEvent, viewerSchemas } from './viewer-schemas.ts';
