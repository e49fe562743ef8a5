// The bus: the only way in which roles meet, as a bundle of nouns. Each noun has its contract in contract/ (order, atomicity, what is
// lost); the memory and the redis engine both keep it, and one conformance suite tests both. The bus knows rooms, lanes and bytes,
// never the meaning of a message.
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

/** Every method of every noun rejects with a DanmuxError; with `unavailable` when the store cannot be reached. */
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

  /** Connects in the background. Resolves when the store's time is known or after a second; `health` says whether the store is reachable. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when the store answers. */
  health(): Promise<void>;
  /** Removes what dead edges and members left in the store; returns how many rows. Only memory and totals depend on it. */
  sweep(): Promise<{ readonly presence: number; readonly members: number }>;
}
