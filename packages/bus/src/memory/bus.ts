// The memory engine: the bus contract inside one process; its data is lost when the process ends. Like the Redis engine it answers with
// promises and delivers in later turns of the event loop, so that code tested on it also works on Redis.
import type { Runtime } from '@danmux/runtime';
import type { Bus } from '../bus.ts';
import type { Heads } from '../contract/streams.ts';
import { MemoryClaims } from './claims.ts';
import { MemoryCursors } from './cursors.ts';
import { MemoryEventLog } from './events.ts';
import { MemoryFrames } from './frames.ts';
import { MemoryIngress } from './ingress.ts';
import { MemoryLeases } from './leases.ts';
import { MemoryLedger } from './ledger.ts';
import { MemoryLogs } from './logs.ts';
import { MemoryMembers } from './members.ts';
import { MemoryPresence } from './presence.ts';
import { MemoryReceipts } from './receipts.ts';
import { MemoryRecords } from './records.ts';
import { StoredStreams } from './stored-streams.ts';
import { MemoryStreams } from './streams.ts';
import { MemoryTraces } from './traces.ts';
import { MemoryTraffic } from './traffic.ts';

const sweepEveryMs = 10_000;

/** The memory engine. Several roles in one process share one instance. */
export class MemoryBus implements Bus {
  readonly engine = 'memory';
  readonly ledger = new MemoryLedger();
  readonly ingress: MemoryIngress;
  readonly frames: MemoryFrames;
  readonly leases: MemoryLeases;
  readonly events: MemoryEventLog;
  readonly streams: MemoryStreams;
  readonly presence: MemoryPresence;
  readonly members: MemoryMembers;
  readonly claims: MemoryClaims;
  readonly records: MemoryRecords;
  readonly cursors: MemoryCursors;
  readonly logs = new MemoryLogs();
  readonly receipts: MemoryReceipts;
  readonly traces: MemoryTraces;
  readonly traffic: MemoryTraffic;
  readonly #stored: StoredStreams;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(runtime: Runtime) {
    this.#stored = new StoredStreams(runtime);
    this.ingress = new MemoryIngress(runtime, this.ledger);
    this.frames = new MemoryFrames(runtime);
    this.leases = new MemoryLeases(runtime);
    this.events = new MemoryEventLog(runtime);
    const { ingress, ledger, frames, leases, events } = this;
    this.streams = new MemoryStreams(runtime, { stored: this.#stored, leases, ingress, ledger, events, frames });
    this.presence = new MemoryPresence(runtime.clock, this.#stored);
    this.members = new MemoryMembers(runtime.clock);
    this.claims = new MemoryClaims(runtime.clock);
    this.records = new MemoryRecords(runtime);
    this.cursors = new MemoryCursors(this.leases);
    this.receipts = new MemoryReceipts(runtime);
    this.traces = new MemoryTraces(runtime);
    this.traffic = new MemoryTraffic(runtime);
  }

  async start(): Promise<void> {
    this.#sweeper = setInterval(() => {
      for (const part of [this.ingress, this.claims, this.#stored, this.records, this.receipts, this.traces, this.traffic]) part.sweep();
    }, sweepEveryMs);
    this.#sweeper.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#sweeper);
    this.presence.stop();
  }

  async health(): Promise<void> {}

  async sweep(): Promise<{ presence: number; members: number }> {
    this.records.sweep();
    return { presence: this.presence.sweep(), members: this.members.sweep() };
  }

  /** Deletes all data, like a Redis that restarts empty; for tests. */
  wipe(): void {
    const { ledger, ingress, leases, events, presence, members, claims, records, cursors, logs, receipts, traces, traffic } = this;
    const parts = [this.#stored, ledger, ingress, leases, events, presence, members, claims, records, cursors, logs, receipts, traces, traffic];
    for (const part of parts) part.clear();
  }

  /** Sets a room back to older heads, like a store restored from a backup; for tests. */
  goBack(room: string, heads: Heads): void {
    this.#stored.goBack(room, heads);
  }
}
