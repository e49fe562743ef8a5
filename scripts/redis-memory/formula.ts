// The formula of docs/operations.md, "Memory of Redis": computes the bytes from the number of rooms, messages and so on. redis-memory.ts
// compares it with a real Redis.

interface Lane {
  /** Messages in the stream. */
  readonly kept: number;
  /** Bytes of one message as the JSON sent to viewers. */
  readonly messageBytes: number;
}

export interface Load {
  /** Rooms used in the last two hours. */
  readonly rooms: number;
  /** Lanes of these rooms that had a message. */
  readonly lanes: readonly Lane[];
  /** Remembered ids: of gifts and control messages for `messages.dedupe_gift_ms`, of other messages with an id or cid for `dedupe_chat_ms`. */
  readonly knownIds: number;
  /** Traced messages of the last ten minutes: gifts, control messages and messages with receipts. A process writes at most 50 hops/s. */
  readonly traces: number;
  /** Requests with an Idempotency-Key in the last `api.idempotency_ttl_ms`: single messages here, batches of 1,000 messages in `keyedBatches`. */
  readonly keyedPosts: number;
  readonly keyedBatches: number;
  /** Messages with receipts of the last `receipts.kept_ms`. */
  readonly receipts: number;
  readonly viewers: number;
  /** Fields of records: sanctions, room modes, API keys. */
  readonly recordFields: number;
  /** Rooms with a message in the last hour. */
  readonly trafficRooms: number;
  /** Audited writes through the admin API, at most `api.audit_entries`. */
  readonly auditRows: number;
}

/** Bytes per item. */
const costs = {
  room: 200,
  laneLeast: 1_000,
  messageOverhead: 40,
  knownId: 180,
  trace: 260,
  keyedPost: 600,
  keyedBatch: 1_600,
  receipt: 150,
  viewer: 110,
  recordField: 380,
  trafficRoom: 220,
  auditRow: 170,
} as const;

export function formulaBytes(load: Load): number {
  const lanes = load.lanes.reduce((sum, { kept, messageBytes }) => sum + Math.max(costs.laneLeast, kept * (messageBytes + costs.messageOverhead)), 0);
  return (
    load.rooms * costs.room +
    lanes +
    load.knownIds * costs.knownId +
    load.traces * costs.trace +
    load.keyedPosts * costs.keyedPost +
    load.keyedBatches * costs.keyedBatch +
    load.receipts * costs.receipt +
    load.viewers * costs.viewer +
    load.recordFields * costs.recordField +
    load.trafficRooms * costs.trafficRoom +
    load.auditRows * costs.auditRow
  );
}
