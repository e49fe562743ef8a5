// The message fabric: one contract, two engines.
export { type AcceptRules, acceptedAt, acceptPublication, type Incoming, identified, numberedMessage, restamped } from './accept.ts';
export { type Audience, withMember } from './audience/audience.ts';
export { type AudiencePage, pageOf } from './audience/audience-page.ts';
export { type HashedMember, listMembers, type MemberList, memberHash } from './audience/member-list.ts';
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
export type { Cursors } from './contract/cursors.ts';
export type { EventLog, LoggedEvent } from './contract/events.ts';
export type { BusFrame, FrameHead } from './contract/frames.ts';
export type { LogEntry, LogPage, Logs } from './contract/logs.ts';
export type { ReceiptCount, ReceiptState, Receipts } from './contract/receipts.ts';
export type { RecordChange, RecordField, RecordPage, RecordState, Records, RecordWatcher } from './contract/records.ts';
export { isTraced, type TracedHop, type TraceHop } from './contract/traces.ts';
export type { RoomTraffic, TrafficRow } from './contract/traffic.ts';
export { createBus } from './create-bus.ts';
export { compareEntries } from './engine/entry-order.ts';
export { dedupeMs } from './engine/lane-settings.ts';
export { fnv1a } from './fnv.ts';
export { claimOf, goesOnAfter } from './lineage.ts';
export type { MemoryBus } from './memory/bus.ts';
export { bodyOfParts, comboParts, hasParts, partsOf, withoutParts } from './message/combo-parts.ts';
export { countedBody, countOf, withCount } from './message/count.ts';
export { fieldText } from './message/field-text.ts';
export { shardLease, shardOf } from './shard.ts';
export { isUserRoom, ownRoom, userRoomHistory, userRoomOf, userRooms } from './user-room.ts';
