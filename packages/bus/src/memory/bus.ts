// The memory engine: the whole contract in one process, with nothing kept beyond it. It answers by promises and delivers by
// later turns of the event loop, so that what works on it works on Redis.
import { DanmuxError, type StreamLane } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import type { Audience } from '../audience/audience.ts';
import { AudienceCache } from '../audience/audience-cache.ts';
import type {
  Bus,
  Commit,
  CommitResult,
  Heads,
  HeadsClaim,
  IdempotencyState,
  Lease,
  Ledger,
  LedgerCounts,
  Member,
  Page,
  Pending,
  Publication,
  Receipt,
  RoomPulse,
  RoomSubscriber,
  Roster,
  Subscription,
} from '../bus.ts';
import type { BusFrame } from '../contract/frames.ts';
import { dedupeMs, ingressCap } from '../engine/lane-settings.ts';
import { countsOf, ledgerOf } from '../engine/ledger-fields.ts';
import { SharedRead } from '../engine/shared-read.ts';
import { shardLease, shardOf } from '../shard.ts';
import { IdempotencyRecords } from './claims.ts';
import { MemoryCursors } from './cursors.ts';
import { Deliveries } from './deliveries.ts';
import { MemoryEventLog } from './events.ts';
import { ExpiringMap } from './expiring-map.ts';
import { Ingress } from './ingress.ts';
import { Leases } from './leases.ts';
import { MemoryLogs } from './logs.ts';
import { PresenceRows } from './presence.ts';
import { MemoryReceipts } from './receipts.ts';
import { MemoryRecords } from './records.ts';
import { Streams } from './stored-streams.ts';
import { MemoryTraces } from './traces.ts';
import { MemoryTraffic } from './traffic.ts';

type Lane = Publication['lane'];

const sweepEveryMs = 10_000;

export class MemoryBus implements Bus {
  readonly engine = 'memory';
  readonly records: MemoryRecords;
  readonly cursors: MemoryCursors;
  readonly events: MemoryEventLog;
  readonly logs = new MemoryLogs();
  readonly receipts: MemoryReceipts;
  readonly traces: MemoryTraces;
  readonly traffic: MemoryTraffic;
  readonly #runtime: Runtime;
  readonly #ingress = new Ingress();
  readonly #streams: Streams;
  readonly #leases: Leases;
  readonly #presence: PresenceRows;
  readonly #audiences = new AudienceCache(async (room) => this.#presence.audience(room));
  readonly #rooms = new SharedRead(async () => this.#presence.rooms());
  readonly #seen: ExpiringMap<string, string>;
  readonly #members: ExpiringMap<string, Member>;
  readonly #idempotency: IdempotencyRecords;
  readonly #taken: ExpiringMap<string, number>;
  readonly #counters = new Map<string, number>();
  readonly #bells: Deliveries<void>;
  readonly #frames: Deliveries<BusFrame>;
  readonly #freed: Deliveries<string>;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#streams = new Streams(runtime);
    this.#leases = new Leases(runtime.clock);
    this.#presence = new PresenceRows(runtime.clock);
    this.#seen = new ExpiringMap(runtime.clock);
    this.#members = new ExpiringMap(runtime.clock);
    this.#idempotency = new IdempotencyRecords(runtime.clock);
    this.#taken = new ExpiringMap(runtime.clock);
    this.records = new MemoryRecords(runtime);
    this.cursors = new MemoryCursors(this.#leases);
    this.events = new MemoryEventLog(runtime);
    this.receipts = new MemoryReceipts(runtime);
    this.traces = new MemoryTraces(runtime);
    this.traffic = new MemoryTraffic(runtime);
    this.#bells = new Deliveries(runtime);
    this.#frames = new Deliveries(runtime);
    this.#freed = new Deliveries(runtime);
  }

  async start(): Promise<void> {
    this.#sweeper = setInterval(() => {
      for (const store of [this.#seen, this.#taken, this.#idempotency, this.#streams, this.records, this.receipts, this.traces, this.traffic]) store.sweep();
    }, sweepEveryMs);
    this.#sweeper.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#sweeper);
    this.#audiences.clear();
    this.#rooms.clear();
  }

  async health(): Promise<void> {}

  async confirm(): Promise<void> {}

  async publish(publications: readonly Publication[]): Promise<readonly (Receipt | Error)[]> {
    return publications.map((publication) => this.#publishOne(publication));
  }

  #publishOne(publication: Publication): Receipt | Error {
    const { room, lane, id, dedupeKey } = publication;
    const { config } = this.#runtime;
    const seenKey = dedupeKey === undefined ? undefined : `${room} ${dedupeKey}`;
    const first = seenKey === undefined ? undefined : this.#seen.get(seenKey);
    if (first !== undefined) return { id: first, duplicate: true };
    const shard = shardOf(room, config.shards);
    const added = this.#ingress.add(shard, publication, ingressCap(lane, config));
    if (!added) return new DanmuxError('lane_full', { retryAfterMs: 1_000 });
    if (seenKey !== undefined) this.#seen.set(seenKey, id, dedupeMs(lane, config));
    this.#count({ accepted: { [lane]: 1 }, shed: { [lane]: { ingress_full: added.dropped } } });
    this.#bells.publish(String(shard), undefined);
    return { id, duplicate: false };
  }

  async read(shard: number, lane: Lane, after: string | undefined, limit: number): Promise<readonly Pending[]> {
    return this.#ingress.read(shard, lane, after, limit);
  }

  async listen(shard: number, ring: () => void): Promise<Subscription> {
    return this.#bells.open(String(shard), ring);
  }

  async commit(commit: Commit): Promise<CommitResult> {
    const { room, lease, expected, messages, entries, frame, counts, events = [] } = commit;
    const shard = shardOf(room, this.#runtime.config.shards);
    if (lease.name !== shardLease(shard) || !this.#leases.holds(lease)) return { ok: false, reason: 'fenced' };
    if (!this.#streams.matches(room, expected)) return { ok: false, reason: 'moved' };
    this.#streams.append(room, messages);
    for (const [lane, ids] of Object.entries(entries) as [Lane, readonly string[]][]) {
      const removed = this.#ingress.remove(shard, lane, ids);
      // Entries dropped at the cap were counted as shed; they turn out to be sent after all.
      this.#count({ shed: { [lane]: { ingress_full: removed - ids.length } } });
    }
    this.#count(counts);
    this.events.append(room, events);
    if (frame) this.#frames.publish(room, frame);
    return { ok: true };
  }

  async subscribe(room: string, subscriber: RoomSubscriber): Promise<Subscription> {
    return this.#frames.open(room, (frame) => subscriber.frame(frame));
  }

  async heads(room: string, claim?: HeadsClaim): Promise<Heads> {
    return this.#streams.heads(room, claim);
  }

  async since(room: string, lane: StreamLane, after: number, upTo: number, limit: number): Promise<readonly string[]> {
    return this.#streams.since(room, lane, after, upTo, limit);
  }

  async history(room: string, lane: StreamLane, before: number | undefined, limit: number): Promise<Page> {
    return this.#streams.history(room, lane, before, limit);
  }

  async recall(room: string, id: string): Promise<{ found: boolean }> {
    return { found: this.#streams.recall(room, id) };
  }

  async recalled(room: string): Promise<readonly string[]> {
    return this.#streams.recalled(room);
  }

  async acquire(name: string, owner: string, ttlMs: number): Promise<Lease | null> {
    return this.#leases.acquire(name, owner, ttlMs);
  }

  async renew(lease: Lease, ttlMs: number): Promise<boolean> {
    return this.#leases.renew(lease, ttlMs);
  }

  async release(lease: Lease): Promise<void> {
    if (this.#leases.release(lease)) this.#freed.publish('', lease.name);
  }

  async onFreed(freed: (name: string) => void): Promise<Subscription> {
    return this.#freed.open('', freed);
  }

  async reportPresence(
    edge: string,
    counts: ReadonlyMap<string, number>,
    ttlMs: number,
    rosters?: ReadonlyMap<string, Roster>,
  ): Promise<ReadonlyMap<string, RoomPulse>> {
    return new Map(
      [...counts].map(([room, count]) => {
        if (count > 0) this.#streams.keep(room);
        const { online, list } = this.#presence.report(edge, room, count, ttlMs, rosters?.get(room));
        return [room, { online, heads: this.#streams.known(room), ...(list === undefined ? {} : { list }) }];
      }),
    );
  }

  async online(room: string): Promise<number> {
    return this.#presence.online(room);
  }

  async subscribed(room: string): Promise<boolean> {
    return this.#frames.has(room);
  }

  onlineRooms(): Promise<ReadonlyMap<string, number>> {
    return this.#rooms.get();
  }

  audience(room: string): Promise<Audience> {
    return this.#audiences.get(room);
  }

  async presenceTotals(): Promise<{ rooms: number; online: number }> {
    return this.#presence.totals();
  }

  async announce(member: Member, ttlMs: number): Promise<void> {
    this.#members.set(member.id, member, ttlMs);
  }

  async leave(memberId: string): Promise<void> {
    this.#members.delete(memberId);
  }

  async members(): Promise<readonly Member[]> {
    return this.#members.entries().map(([, member]) => member);
  }

  async sweep(): Promise<{ presence: number; members: number }> {
    this.records.sweep();
    return { presence: this.#presence.sweep(), members: this.#members.sweep() };
  }

  async ledger(): Promise<Ledger> {
    return ledgerOf([Object.fromEntries(this.#counters)]);
  }

  async begin(key: string, bodyHash: string, claim: string): Promise<IdempotencyState> {
    return this.#idempotency.begin(key, bodyHash, claim);
  }

  async finish(key: string, bodyHash: string, claim: string, answer: string, ttlMs: number): Promise<void> {
    this.#idempotency.finish(key, bodyHash, claim, answer, ttlMs);
  }

  async forget(key: string, claim: string): Promise<void> {
    this.#idempotency.forget(key, claim);
  }

  async once(key: string, ttlMs: number): Promise<number> {
    const now = this.#runtime.clock.now();
    const until = this.#taken.get(key);
    if (until !== undefined) return Math.max(1, until - now);
    this.#taken.set(key, now + ttlMs, ttlMs);
    return 0;
  }

  /** Loses everything, as a Redis that restarts empty; for tests of what follows. */
  wipe(): void {
    for (const store of [
      this.#ingress,
      this.#streams,
      this.#leases,
      this.#presence,
      this.#seen,
      this.#members,
      this.#idempotency,
      this.#counters,
      this.#taken,
      this.#audiences,
      this.#rooms,
      this.records,
      this.cursors,
      this.events,
      this.logs,
      this.receipts,
      this.traces,
      this.traffic,
    ])
      store.clear();
  }

  /** Puts a room back to older heads, as a store restored from an older state; for tests of what follows. */
  goBack(room: string, heads: Heads): void {
    this.#streams.goBack(room, heads);
  }

  #count(counts: LedgerCounts): void {
    for (const [field, count] of countsOf(counts)) this.#counters.set(field, (this.#counters.get(field) ?? 0) + count);
  }
}
