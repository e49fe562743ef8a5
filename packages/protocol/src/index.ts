// Types and tables shared by the servers and the client SDK. Safe to bundle for a browser: schemas, which need TypeBox, are exported by
// ./schemas instead.
export { type BulkRecall, bulkRecallOf, isCovered, type RecallScope, recallLanes } from './bulk-recall.ts';
export { type ClosingReason, closingOf, closings, type GapReason, gapReasons, type NoticeCode, notices } from './closings.ts';
export { DanmuxError, type ErrorBody, type ErrorCode, type ErrorDetail, type ErrorSpec, errors } from './errors.ts';
export { anyEventErrors, connectErrors, protocolVersion, serverEvents, viewerEvents } from './event-table.ts';
export type {
  Ack,
  AuthReply,
  AuthRequest,
  Failed,
  Gap,
  GoAway,
  HistoryReply,
  HistoryRequest,
  JoinReply,
  JoinRequest,
  LeaveRequest,
  MembersReply,
  MembersRequest,
  Notice,
  Ok,
  PresenceUpdate,
  ReceiptRequest,
  Reply,
  SendReply,
  SendRequest,
  ServerEvents,
  ViewerEvents,
} from './events.ts';
export { byLane, byStreamLane, isLane, isStreamLane, type Lane, type LaneSpec, laneNames, lanes, type StreamLane, streamLanes, zeroOffsets } from './lanes.ts';
export { limits } from './limits.ts';
export { type MessageType, messageTypes, reservedTypes, viewerCounts } from './message-types.ts';
export type { HeldMessage, RoomModes, Sanction, WordAction, WordList } from './moderation.ts';
export { numberIn } from './number-in.ts';
export type { Position, Positions } from './position.ts';
export type { Frame, From, Msg, MsgPart, RoomMember } from './publication.ts';
export { checkRoomName, isRoomName, personalRoom, roomMatches, roomNamePattern } from './room-name.ts';
export type { TokenClaims } from './token.ts';
export { type WebhookEvent, type WebhookEventName, webhookEvents } from './webhook-events.ts';
