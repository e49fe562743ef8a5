// The Redis engine. Every write that must be whole is one Lua script on the keys of one shard; reads are plain commands.
// Nothing is kept in this process but the connections and who listens to what.
import { DanmuxError, type Lane, laneNames, lanes, type StreamLane, streamLanes } from '@danmux/protocol';
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
  Marks,
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
import { headsTtlMs, historySize } from '../engine/lane-settings.ts';
import { countsOf, ledgerOf } from '../engine/ledger-fields.ts';
import { SharedRead } from '../engine/shared-read.ts';
import { decodeWeight } from '../message/weight.ts';
import { shardLease } from '../shard.ts';
import { RedisChannels } from './channels.ts';
import { RedisClaims } from './claims.ts';
import { RedisCondition } from './connection/condition.ts';
import { RedisConnection } from './connection/connection.ts';
import { RedisTime } from './connection/time.ts';
import { RedisCursors } from './cursors.ts';
import { RedisEventLog } from './events.ts';
import { decodeFrame, encodeFrame } from './frame-wire.ts';
import { RedisIngress } from './ingress.ts';
import { RedisLogs } from './logs.ts';
import { RedisMembers } from './members.ts';
import { RedisPresence } from './presence.ts';
import { RedisReceipts } from './receipts.ts';
import { RedisRecords } from './records.ts';
import { ReplicatedWrites } from './replicated-writes.ts';
import { RedisStore } from './store.ts';
import { RedisStreams } from './streams.ts';
import { RedisTraces } from './traces.ts';
import { RedisTraffic } from './traffic.ts';

/** A key that is only written so that replicas can be waited for. */
const confirmKeptMs = 60_000;
/** A start waits this long for its connections; a process whose Redis is away starts without, and is not ready. */
const longestConnectMs = 3_000;

export class RedisBus implements Bus {
  readonly engine = 'redis';
  readonly records: RedisRecords;
  readonly events: RedisEventLog;
  readonly cursors: RedisCursors;
  readonly logs: RedisLogs;
  readonly receipts: RedisReceipts;
  readonly traces: RedisTraces;
  readonly traffic: RedisTraffic;
  readonly #runtime: Runtime;
  readonly #commands: RedisConnection;
  readonly #subscriptions: RedisConnection;
  /** Only under `redis.ack: replicated`. */
  readonly #replicated: ReplicatedWrites | undefined;
  readonly #channels: RedisChannels;
  readonly #store: RedisStore;
  readonly #time: RedisTime;
  readonly #ingress: RedisIngress;
  readonly #condition: RedisCondition;
  readonly #presence: RedisPresence;
  readonly #audiences = new AudienceCache((room) => this.#presence.audience(room));
  readonly #rooms = new SharedRead(() => this.#presence.rooms());
  readonly #streams: RedisStreams;
  readonly #members: RedisMembers;
  readonly #claims: RedisClaims;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#commands = new RedisConnection(runtime, 'commands');
    this.#subscriptions = new RedisConnection(runtime, 'subscriptions');
    this.#channels = new RedisChannels(runtime, this.#subscriptions);
    this.#store = new RedisStore(runtime, this.#commands);
    this.#time = new RedisTime(runtime, this.#store, this.#commands);
    this.#replicated = runtime.config.redis.ack === 'replicated' ? new ReplicatedWrites(runtime) : undefined;
    this.#ingress = new RedisIngress(runtime, this.#store, this.#replicated);
    this.#condition = new RedisCondition(runtime, this.#commands);
    this.#presence = new RedisPresence(this.#store);
    this.#streams = new RedisStreams(runtime, this.#store);
    this.#members = new RedisMembers(this.#store);
    this.#claims = new RedisClaims(this.#store);
    this.records = new RedisRecords(runtime, this.#store, this.#channels);
    this.events = new RedisEventLog(runtime, this.#store, this.#channels);
    this.logs = new RedisLogs(this.#store);
    this.cursors = new RedisCursors(this.#store);
    this.receipts = new RedisReceipts(runtime, this.#store);
    this.traces = new RedisTraces(this.#store);
    this.traffic = new RedisTraffic(this.#store);
  }

  async start(): Promise<void> {
    this.#commands.start();
    this.#subscriptions.start();
    this.#replicated?.start();
    this.#condition.start();
    // The roles start next and subscribe at once; before the connections are ready each of them would log a refusal.
    const connections = [this.#commands, this.#subscriptions, ...(this.#replicated ? [this.#replicated] : [])];
    await Promise.all(connections.map((connection) => connection.firstAttempt(longestConnectMs)));
    await this.#time.start();
  }

  async stop(): Promise<void> {
    for (const part of [this.#time, this.#condition, this.#channels, this.#commands, this.#subscriptions, this.#replicated]) part?.stop();
    this.#audiences.clear();
    this.#rooms.clear();
  }

  async health(): Promise<void> {
    await this.#store.ask((redis) => redis.ping());
    this.#condition.mustServe();
    if (!this.#subscriptions.up || !this.#time.known || this.#replicated?.up === false) throw new DanmuxError('unavailable', { retryAfterMs: 1_000 });
  }

  async confirm(key: string): Promise<void> {
    // From Redis 7.2 on WAIT counts what its own connection wrote: it writes after what is to be confirmed.
    await this.#replicated?.write(`${key}:confirm`, (redis) => redis.set(`${key}:confirm`, '1', 'PX', confirmKeptMs), key.length);
  }

  publish(publications: readonly Publication[]): Promise<readonly (Receipt | Error)[]> {
    return this.#ingress.publish(publications);
  }

  async read(shard: number, lane: Lane, after: string | undefined, limit: number): Promise<readonly Pending[]> {
    const start = after === undefined ? '-' : `(${after}`;
    const entries = await this.#store.ask((redis) => redis.xrange(this.#store.keys.shard(shard).ingress(lane), start, '+', 'COUNT', limit));
    return entries.map(([entry, [, room = '', , id = '', , body = '', , trace = '', , judged = '', , marks = '']]) => ({
      ...{ entry, room, lane, id, body, trace },
      ...(judged === '' ? {} : lanes[lane].guaranteed ? { combo: judged } : { weight: decodeWeight(judged) }),
      ...(marks === '' ? {} : { marks: JSON.parse(marks) as Marks }),
    }));
  }

  listen(shard: number, ring: () => void, resumed: () => void = ring): Promise<Subscription> {
    return this.#channels.open(this.#store.keys.shard(shard).bell, { message: ring, resumed });
  }

  async commit(commit: Commit): Promise<CommitResult> {
    const { room, lease, expected, messages, entries, frame, counts, events = [] } = commit;
    const number = this.#store.shardOf(room);
    if (lease.name !== shardLease(number)) return { ok: false, reason: 'fenced' };
    const shard = this.#store.keys.shard(number);
    const keys = [
      shard.lease,
      shard.heads(room),
      ...streamLanes.map((lane) => shard.stream(room, lane)),
      ...laneNames.map((lane) => shard.ingress(lane)),
      shard.ledger,
      shard.events,
    ];
    const fields = countsOf(counts);
    const answer = await this.#store.run('dmxCommit', keys, [
      lease.owner,
      lease.token,
      expected.epoch,
      ...streamLanes.map((lane) => expected.offsets[lane]),
      headsTtlMs,
      this.#store.publishCommand,
      shard.frames(room),
      frame ? encodeFrame(frame) : '',
      shard.eventsBell,
      this.#runtime.config.webhooks.log_events,
      ...streamLanes.flatMap((lane) => {
        const added = messages[lane] ?? [];
        return [historySize(room, lane), lanes[lane].history.ttlS * 1_000, added.length, ...added];
      }),
      ...laneNames.flatMap((lane) => [entries[lane]?.length ?? 0, ...(entries[lane] ?? [])]),
      fields.length,
      ...fields.flat(),
      events.length,
      ...events,
    ]);
    return answer === 'ok' ? { ok: true } : { ok: false, reason: answer === 'moved' ? 'moved' : 'fenced' };
  }

  subscribe(room: string, subscriber: RoomSubscriber): Promise<Subscription> {
    const channel = this.#store.of(room).frames(room);
    return this.#channels.open(channel, { message: (text) => subscriber.frame(decodeFrame(text)), resumed: () => subscriber.resumed() });
  }

  heads(room: string, claim?: HeadsClaim): Promise<Heads> {
    return this.#streams.heads(room, claim);
  }

  since(room: string, lane: StreamLane, after: number, upTo: number, limit: number): Promise<readonly string[]> {
    return this.#streams.since(room, lane, after, upTo, limit);
  }

  history(room: string, lane: StreamLane, before: number | undefined, limit: number): Promise<Page> {
    return this.#streams.history(room, lane, before, limit);
  }

  recall(room: string, id: string): Promise<{ found: boolean }> {
    return this.#streams.recall(room, id);
  }

  recalled(room: string): Promise<readonly string[]> {
    return this.#streams.recalled(room);
  }

  async acquire(name: string, owner: string, ttlMs: number): Promise<Lease | null> {
    const token = Number(await this.#store.run('dmxLeaseAcquire', this.#store.keys.lease(name), [owner, ttlMs]));
    return token > 0 ? { name, owner, token } : null;
  }

  async renew(lease: Lease, ttlMs: number): Promise<boolean> {
    return (await this.#store.run('dmxLeaseRenew', [this.#store.keys.lease(lease.name)[0]], [lease.owner, lease.token, ttlMs])) === 1;
  }

  async release(lease: Lease): Promise<void> {
    const released = await this.#store.run('dmxLeaseRelease', [this.#store.keys.lease(lease.name)[0]], [lease.owner, lease.token]);
    if (released !== 1) return;
    // Apart from the script, since on a Cluster the channel may live on another node; who misses it tries again anyway.
    await this.#store.ask((redis) =>
      this.#commands.cluster ? redis.spublish(this.#store.keys.freed, lease.name) : redis.publish(this.#store.keys.freed, lease.name),
    );
  }

  onFreed(freed: (name: string) => void): Promise<Subscription> {
    // What was freed during an outage is found by the next regular try.
    return this.#channels.open(this.#store.keys.freed, { message: freed, resumed: () => {} });
  }

  reportPresence(
    edge: string,
    counts: ReadonlyMap<string, number>,
    ttlMs: number,
    rosters: ReadonlyMap<string, Roster> = new Map(),
  ): Promise<ReadonlyMap<string, RoomPulse>> {
    return this.#presence.report(edge, counts, ttlMs, rosters);
  }

  online(room: string): Promise<number> {
    return this.#presence.online(room);
  }

  async subscribed(room: string): Promise<boolean> {
    const { heads, frames } = this.#store.of(room);
    return (await this.#store.run('dmxSubscribed', [heads(room)], [this.#commands.cluster ? 'SHARDNUMSUB' : 'NUMSUB', frames(room)])) !== 0;
  }

  onlineRooms(): Promise<ReadonlyMap<string, number>> {
    return this.#rooms.get();
  }

  audience(room: string): Promise<Audience> {
    return this.#audiences.get(room);
  }

  presenceTotals(): Promise<{ rooms: number; online: number }> {
    return this.#presence.totals();
  }

  announce(member: Member, ttlMs: number): Promise<void> {
    return this.#members.announce(member, ttlMs);
  }

  leave(memberId: string): Promise<void> {
    return this.#members.leave(memberId);
  }

  async members(): Promise<readonly Member[]> {
    return (await this.#members.list()).members;
  }

  async sweep(): Promise<{ presence: number; members: number }> {
    await this.records.sweep();
    return { presence: await this.#presence.sweep(), members: (await this.#members.list()).removed };
  }

  async ledger(): Promise<Ledger> {
    return ledgerOf(await this.#store.eachShard((shard) => this.#store.ask((redis) => redis.hgetall(this.#store.keys.shard(shard).ledger))));
  }

  begin(key: string, bodyHash: string, claim: string): Promise<IdempotencyState> {
    return this.#claims.begin(key, bodyHash, claim);
  }

  finish(key: string, bodyHash: string, claim: string, answer: string, ttlMs: number): Promise<void> {
    return this.#claims.finish(key, bodyHash, claim, answer, ttlMs);
  }

  forget(key: string, claim: string): Promise<void> {
    return this.#claims.forget(key, claim);
  }

  once(key: string, ttlMs: number): Promise<number> {
    return this.#claims.once(key, ttlMs);
  }
}
