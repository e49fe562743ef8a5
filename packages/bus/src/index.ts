// The public exports of the bus: contracts, engines, and the message and audience functions that other packages use.
export { type AcceptRules, acceptedAt, acceptPublication, type Incoming, identified, numberedMessage, restamped } from './accept.ts';
export { type Audience, withMember } from './audience/audience.ts';
export { type AudiencePage, pageOf } from './audience/audience-page.ts';
export { type HashedMember, listMembers, type MemberList, memberHash } from './audience/member-list.ts';
export type { Bus } from './bus.ts';
export type { Claims, IdempotencyState } from './contract/claims.ts';
export type { Cursors } from './contract/cursors.ts';
export type { EventLog, LoggedEvent } from './contract/events.ts';
export type { BusFrame, FrameHead, Frames, RoomSubscriber } from './contract/frames.ts';
export type { Ingress, IngressCursor, Marks, Pending, Publication, PublishResult, Weight } from './contract/ingress.ts';
export type { Lease, Leases } from './contract/leases.ts';
export type { Ledger, LedgerCounts, LedgerTotals } from './contract/ledger.ts';
export type { LogEntry, LogPage, Logs } from './contract/logs.ts';
export type { Member, Members } from './contract/members.ts';
export type { MemberReport, Presence, RoomPulse } from './contract/presence.ts';
export type { ReceiptCount, ReceiptState, Receipts } from './contract/receipts.ts';
export type { RecordChange, RecordField, RecordPage, RecordState, Records, RecordWatcher } from './contract/records.ts';
export {
  type Commit,
  type CommitResult,
  type Fork,
  type Heads,
  type HeadsClaim,
  type Page,
  positionsOf,
  type Recalled,
  type Streams,
} from './contract/streams.ts';
export type { Subscription } from './contract/subscription.ts';
export { isTraced, type TracedHop, type TraceHop } from './contract/traces.ts';
export type { RoomTraffic, TrafficRow } from './contract/traffic.ts';
export { createBus } from './create-bus.ts';
export { compareEntries } from './engine/entry-order.ts';
export { dedupeMs } from './engine/lane-settings.ts';
export { fnv1a } from './fnv.ts';
export { claimOf, goesOnAfter } from './lineage.ts';
export type { MemoryBus } from './memory/bus.ts';
export { bodyOfParts, comboParts, hasParts, partsOf, withoutParts } from './message/combo-parts.ts';
export { contentDigest } from './message/content-digest.ts';
export { countedBody, countOf, withCount } from './message/count.ts';
export { fieldText } from './message/field-text.ts';
export { positionsIn, recallPositions, senderOf, withPositions } from './message/recall-text.ts';
export { addresseeOf, tombstone } from './message-text.ts';
export { claimOnce, type GiveUp, type OnceClaim, type RunOnceResult, runOnce } from './run-once.ts';
export { shardLease, shardOf } from './shard.ts';
export { isUserRoom, personalRoom, userRoomHistory, userRoomOf, userRooms } from './user-room.ts';
