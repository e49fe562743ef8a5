// The message fabric: one contract, two engines.
export { type AcceptRules, acceptedAt, acceptPublication, type Incoming, identified, numberedMessage, restamped } from './accept.ts';
export { type Audience, withMember } from './audience.ts';
export { type AudiencePage, pageOf } from './audience-page.ts';
export {
  type Bus,
  type Commit,
  type CommitResult,
  type Fork,
  type Heads,
  type HeadsClaim,
  type IdempotencyState,
  type IngressCursor,
  type Lease,
  type Ledger,
  type LedgerCounts,
  type Marks,
  type Member,
  type Page,
  type Pending,
  type Publication,
  positionsOf,
  type Receipt,
  type RoomPulse,
  type RoomSubscriber,
  type Roster,
  type Subscription,
  tombstone,
  type Weight,
} from './bus.ts';
export { bodyOfParts, comboParts, hasParts, partsOf, withoutParts } from './combo-parts.ts';
export { countedBody, countOf, withCount } from './counter.ts';
export { createBus } from './create-bus.ts';
export type { Cursors } from './cursors.ts';
export { compareEntries } from './entry-order.ts';
export type { EventLog, LoggedEvent } from './events.ts';
export { fieldText } from './field-text.ts';
export { fnv1a } from './fnv.ts';
export type { BusFrame, FrameHead } from './frame.ts';
export { dedupeMs } from './lane-settings.ts';
export { claimOf, goesOnAfter } from './lineage.ts';
export type { LogEntry, LogPage, Logs } from './logs.ts';
export { type HashedMember, listMembers, type MemberList, memberHash } from './member-list.ts';
export type { ReceiptCount, ReceiptState, Receipts } from './receipts.ts';
export type { RecordChange, RecordField, RecordPage, RecordState, Records, RecordWatcher } from './records.ts';
export { shardLease, shardOf } from './shard.ts';
export { isTraced, type TracedHop, type TraceHop } from './traces.ts';
export type { RoomTraffic, TrafficRow } from './traffic.ts';
export { isUserRoom, ownRoom, userRoomHistory, userRoomOf, userRooms } from './user-room.ts';
