// The bus: the only way in which roles communicate. It consists of nouns, such as ingress, streams and records. Each noun has its contract in
// contract/ (order, atomicity, losses). The memory and the Redis engine implement the same contracts, and one conformance suite tests both.
// The bus handles rooms, lanes and bytes; it never interprets a message.
import type { Claims } from './contract/claims.ts';
import type { Cursors } from './contract/cursors.ts';
import type { EventLog } from './contract/events.ts';
import type { Frames } from './contract/frames.ts';
import type { Ingress } from './contract/ingress.ts';
import type { Leases } from './contract/leases.ts';
import type { Ledger } from './contract/ledger.ts';
import type { Logs } from './contract/logs.ts';
import type { Members } from './contract/members.ts';
import type { Presence } from './contract/presence.ts';
import type { Receipts } from './contract/receipts.ts';
import type { Records } from './contract/records.ts';
import type { Streams } from './contract/streams.ts';
import type { Traces } from './contract/traces.ts';
import type { Traffic } from './contract/traffic.ts';

/** When a method of a noun fails, it rejects with a DanmuxError; the code is `unavailable` when the store cannot be reached. */
export interface Bus {
  readonly engine: 'memory' | 'redis';
  readonly ingress: Ingress;
  readonly streams: Streams;
  readonly frames: Frames;
  readonly leases: Leases;
  readonly presence: Presence;
  readonly members: Members;
  readonly claims: Claims;
  readonly ledger: Ledger;
  readonly records: Records;
  readonly cursors: Cursors;
  readonly events: EventLog;
  readonly logs: Logs;
  readonly receipts: Receipts;
  readonly traces: Traces;
  readonly traffic: Traffic;

  /** Connects in the background. Resolves when the store's time is known, or after four seconds without it; call `health` to check the store. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when the store answers and does not refuse what this process needs; otherwise rejects with `unavailable`. */
  health(): Promise<void>;
  /**
   * Removes what crashed edges and members left in the store, and expired fields of records. Returns how much it removed from presence and from
   * members. Call it regularly: otherwise this data takes memory, and room totals stay too high.
   */
  sweep(): Promise<{ readonly presence: number; readonly members: number }>;
}
