// The Redis engine. Every write that must be whole is one Lua script on the keys of one shard; reads are plain commands.
// Nothing is kept in this process but the connections and who listens to what.
import { DanmuxError, type Lane, laneNames, lanes, type StreamLane, streamLanes } from '@danmux/protocol';
import { newId, type Runtime } from '@danmux/runtime';
import type {
  Bus,
  Commit,
  CommitResult,
  Heads,
  IdempotencyState,
  Lease,
  Ledger,
  Member,
  Page,
  Pending,
  Publication,
  Receipt,
  RoomPulse,
  RoomSubscriber,
  Subscription,
} from '../bus.ts';
import { groupBy } from '../group-by.ts';
import { claimTtlMs, headsTtlMs } from '../lane-settings.ts';
import { countsOf, ledgerOf } from '../ledger-fields.ts';
import { shardLease, shardOf } from '../shard.ts';
import { decodeWeight } from '../weight.ts';
import { decodeFrame, encodeFrame } from './frame-wire.ts';
import { createKeys, type Keys } from './keys.ts';
import { publishArguments } from './publish-arguments.ts';
import { RedisChannels } from './redis-channels.ts';
import { RedisConnection } from './redis-connection.ts';
import { busError } from './redis-error.ts';
import { defineScripts, runScript, type ScriptName } from './scripts.ts';

/** Publications of one script call at most, so that no call holds Redis for long. */
const publishChunk = 200;
/** Rooms of one presence call at most. */
const presenceChunk = 200;

export class RedisBus implements Bus {
  readonly engine = 'redis';
  readonly #runtime: Runtime;
  readonly #keys: Keys;
  readonly #commands: RedisConnection;
  readonly #subscriptions: RedisConnection;
  readonly #channels: RedisChannels;
  readonly #publishCommand: 'PUBLISH' | 'SPUBLISH';

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#keys = createKeys(runtime.config.redis.prefix, runtime.config.shards);
    this.#commands = new RedisConnection(runtime, 'commands');
    this.#subscriptions = new RedisConnection(runtime, 'subscriptions');
    this.#channels = new RedisChannels(runtime, this.#subscriptions);
    this.#publishCommand = this.#commands.cluster ? 'SPUBLISH' : 'PUBLISH';
    defineScripts(this.#commands.client);
  }

  async start(): Promise<void> {
    this.#commands.start();
    this.#subscriptions.start();
  }

  async stop(): Promise<void> {
    this.#commands.stop();
    this.#subscriptions.stop();
  }

  async health(): Promise<void> {
    await this.#ask((redis) => redis.ping());
    if (!this.#subscriptions.up) throw new DanmuxError('unavailable', { retryAfterMs: 1_000 });
  }

  async publish(publications: readonly Publication[]): Promise<readonly (Receipt | Error)[]> {
    const results = new Array<Receipt | Error>(publications.length);
    const byShard = groupBy([...publications.keys()], (index) => shardOf(publications[index]?.room ?? '', this.#runtime.config.shards));
    await Promise.all([...byShard].map(([shard, indexes]) => this.#publishToShard(shard, indexes, publications, results)));
    return results;
  }

  async #publishToShard(shard: number, indexes: readonly number[], publications: readonly Publication[], results: (Receipt | Error)[]): Promise<void> {
    for (let start = 0; start < indexes.length; start += publishChunk) {
      const chunk = indexes.slice(start, start + publishChunk);
      const part = chunk.flatMap((index) => publications[index] ?? []);
      const { keys, args } = publishArguments(this.#keys.shard(shard), part, this.#publishCommand, this.#runtime.config);
      const outcome = await this.#run('dmxPublish', keys, args).catch((error: Error) => error);
      chunk.forEach((index, at) => {
        results[index] = outcome instanceof Error ? outcome : receiptOf((outcome as [number, string][])[at]);
      });
    }
  }

  async read(shard: number, lane: Lane, after: string | undefined, limit: number): Promise<readonly Pending[]> {
    const start = after === undefined ? '-' : `(${after}`;
    const entries = await this.#ask((redis) => redis.xrange(this.#keys.shard(shard).ingress(lane), start, '+', 'COUNT', limit));
    return entries.map(([entry, [, room = '', , id = '', , body = '', , trace = '', , weight = '']]) => ({
      ...{ entry, room, lane, id, body, trace },
      ...(weight === '' ? {} : { weight: decodeWeight(weight) }),
    }));
  }

  listen(shard: number, ring: () => void): Promise<Subscription> {
    return this.#channels.open(this.#keys.shard(shard).bell, { message: ring, resumed: ring });
  }

  async commit(commit: Commit): Promise<CommitResult> {
    const { room, lease, expected, messages, entries, frame, counts } = commit;
    const number = shardOf(room, this.#runtime.config.shards);
    if (lease.name !== shardLease(number)) return { ok: false, reason: 'fenced' };
    const shard = this.#keys.shard(number);
    const keys = [
      shard.lease,
      shard.heads(room),
      ...streamLanes.map((lane) => shard.stream(room, lane)),
      ...laneNames.map((lane) => shard.ingress(lane)),
      shard.ledger,
    ];
    const fields = countsOf(counts);
    const answer = await this.#run('dmxCommit', keys, [
      lease.owner,
      lease.token,
      expected.epoch,
      ...streamLanes.map((lane) => expected.offsets[lane]),
      headsTtlMs,
      this.#publishCommand,
      shard.frames(room),
      frame ? encodeFrame(frame) : '',
      ...streamLanes.flatMap((lane) => {
        const added = messages[lane] ?? [];
        return [lanes[lane].history.size, lanes[lane].history.ttlS * 1_000, added.length, ...added];
      }),
      ...laneNames.flatMap((lane) => [entries[lane]?.length ?? 0, ...(entries[lane] ?? [])]),
      fields.length,
      ...fields.flat(),
    ]);
    return answer === 'ok' ? { ok: true } : { ok: false, reason: answer === 'moved' ? 'moved' : 'fenced' };
  }

  subscribe(room: string, subscriber: RoomSubscriber): Promise<Subscription> {
    const channel = this.#keys.shard(shardOf(room, this.#runtime.config.shards)).frames(room);
    return this.#channels.open(channel, { message: (text) => subscriber.frame(decodeFrame(text)), resumed: () => subscriber.resumed() });
  }

  async heads(room: string): Promise<Heads> {
    const shard = this.#keys.shard(shardOf(room, this.#runtime.config.shards));
    const keys = [shard.heads(room), ...streamLanes.map((lane) => shard.stream(room, lane))];
    const [epoch, ...offsets] = (await this.#run('dmxHeads', keys, [newId(this.#runtime.clock.now()), headsTtlMs])) as (string | null)[];
    return headsOf(epoch ?? '', offsets);
  }

  async since(room: string, lane: StreamLane, after: number, upTo: number, limit: number): Promise<readonly string[]> {
    if (upTo <= after || limit <= 0) return [];
    const key = this.#streamKey(room, lane);
    return messagesOf(await this.#ask((redis) => redis.xrange(key, `${after + 1}-0`, `${upTo}-0`, 'COUNT', limit)));
  }

  async history(room: string, lane: StreamLane, before: number | undefined, limit: number): Promise<Page> {
    // The first offset is 1; Redis refuses an end before its lowest id.
    if (before !== undefined && before <= 1) return { msgs: [], more: false };
    const key = this.#streamKey(room, lane);
    const end = before === undefined ? '+' : `(${before}-0`;
    const entries = await this.#ask((redis) => redis.xrevrange(key, end, '-', 'COUNT', limit + 1));
    return { msgs: messagesOf(entries.slice(0, limit)).reverse(), more: entries.length > limit };
  }

  async acquire(name: string, owner: string, ttlMs: number): Promise<Lease | null> {
    const token = Number(await this.#run('dmxLeaseAcquire', this.#keys.lease(name), [owner, ttlMs]));
    return token > 0 ? { name, owner, token } : null;
  }

  async renew(lease: Lease, ttlMs: number): Promise<boolean> {
    return (await this.#run('dmxLeaseRenew', [this.#keys.lease(lease.name)[0]], [lease.owner, lease.token, ttlMs])) === 1;
  }

  async release(lease: Lease): Promise<void> {
    const released = await this.#run('dmxLeaseRelease', [this.#keys.lease(lease.name)[0]], [lease.owner, lease.token]);
    if (released !== 1) return;
    // Apart from the script, since on a Cluster the channel may live on another node; who misses it tries again anyway.
    await this.#ask((redis) => (this.#commands.cluster ? redis.spublish(this.#keys.freed, lease.name) : redis.publish(this.#keys.freed, lease.name)));
  }

  onFreed(freed: (name: string) => void): Promise<Subscription> {
    // What was freed during an outage is found by the next regular try.
    return this.#channels.open(this.#keys.freed, { message: freed, resumed: () => {} });
  }

  async reportPresence(edge: string, counts: ReadonlyMap<string, number>, ttlMs: number): Promise<ReadonlyMap<string, RoomPulse>> {
    const pulses = new Map<string, RoomPulse>();
    const byShard = groupBy(counts, ([room]) => shardOf(room, this.#runtime.config.shards));
    await Promise.all(
      [...byShard].flatMap(([shard, rows]) =>
        chunks(rows, presenceChunk).map(async (part) => {
          const answers = await this.#runPresence(shard, part, edge, ttlMs);
          part.forEach(([room], index) => {
            pulses.set(room, answers[index] ?? { online: 0, heads: null });
          });
        }),
      ),
    );
    return pulses;
  }

  async #runPresence(shard: number, rows: readonly (readonly [string, number])[], edge: string, ttlMs: number): Promise<RoomPulse[]> {
    const shardKeys = this.#keys.shard(shard);
    const keys = [shardKeys.totals, ...rows.flatMap(([room]) => [shardKeys.presence(room), shardKeys.heads(room)])];
    const answer = (await this.#run('dmxPresenceReport', keys, [edge, ttlMs, headsTtlMs, ...rows.flat()])) as (number | string | null)[];
    return rows.map((_, index) => {
      const [online, epoch, ...offsets] = answer.slice(index * 5, index * 5 + 5);
      return { online: Number(online), heads: typeof epoch === 'string' ? headsOf(epoch, offsets) : null };
    });
  }

  async online(room: string): Promise<number> {
    const [pulse] = await this.#runPresence(shardOf(room, this.#runtime.config.shards), [[room, -1]], '', 0);
    return pulse?.online ?? 0;
  }

  async presenceTotals(): Promise<{ rooms: number; online: number }> {
    const counts = await this.#eachShard(async (shard) => (await this.#ask((redis) => redis.hvals(this.#keys.shard(shard).totals))).map(Number));
    const all = counts.flat();
    return { rooms: all.length, online: all.reduce((sum, count) => sum + count, 0) };
  }

  async announce(member: Member, ttlMs: number): Promise<void> {
    await this.#run('dmxMemberAnnounce', [this.#keys.members], [member.id, JSON.stringify(member), ttlMs]);
  }

  async leave(memberId: string): Promise<void> {
    await this.#ask((redis) => redis.hdel(this.#keys.members, memberId));
  }

  async members(): Promise<readonly Member[]> {
    return (await this.#listMembers()).members;
  }

  async #listMembers(): Promise<{ removed: number; members: Member[] }> {
    const [removed, ...alive] = (await this.#run('dmxMemberList', [this.#keys.members], [])) as [number, ...string[]];
    return { removed, members: alive.map((text) => JSON.parse(text) as Member) };
  }

  async sweep(): Promise<{ presence: number; members: number }> {
    const removed = await this.#eachShard(async (shard) => {
      const rooms = await this.#ask((redis) => redis.hkeys(this.#keys.shard(shard).totals));
      let empty = 0;
      for (const part of chunks(rooms, presenceChunk)) {
        const rows = part.map((room) => [room, -1] as const);
        empty += (await this.#runPresence(shard, rows, '', 0)).filter(({ online }) => online === 0).length;
      }
      return empty;
    });
    return { presence: removed.reduce((sum, count) => sum + count, 0), members: (await this.#listMembers()).removed };
  }

  async ledger(): Promise<Ledger> {
    return ledgerOf(await this.#eachShard((shard) => this.#ask((redis) => redis.hgetall(this.#keys.shard(shard).ledger))));
  }

  async begin(key: string, bodyHash: string): Promise<IdempotencyState> {
    const [state, answer = ''] = (await this.#run('dmxIdempotencyBegin', [this.#keys.idempotency(key)], [bodyHash, claimTtlMs])) as [
      IdempotencyState['state'],
      string?,
    ];
    return state === 'done' ? { state, answer } : { state };
  }

  async finish(key: string, bodyHash: string, answer: string, ttlMs: number): Promise<void> {
    await this.#run('dmxIdempotencyFinish', [this.#keys.idempotency(key)], [bodyHash, answer, ttlMs]);
  }

  async forget(key: string): Promise<void> {
    await this.#ask((redis) => redis.del(this.#keys.idempotency(key)));
  }

  #streamKey(room: string, lane: StreamLane): string {
    return this.#keys.shard(shardOf(room, this.#runtime.config.shards)).stream(room, lane);
  }

  #eachShard<T>(ask: (shard: number) => Promise<T>): Promise<T[]> {
    return Promise.all(Array.from({ length: this.#runtime.config.shards }, (_, shard) => ask(shard)));
  }

  async #ask<T>(command: (redis: RedisConnection['client']) => Promise<T>): Promise<T> {
    try {
      return await command(this.#commands.client);
    } catch (error) {
      throw busError(error);
    }
  }

  #run(name: ScriptName, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    return this.#ask((redis) => runScript(redis, name, keys, args));
  }
}

function receiptOf(answer: readonly [status: number, id: string] | undefined): Receipt | Error {
  if (!answer) return new DanmuxError('internal');
  const [status, id] = answer;
  return status === 2 ? new DanmuxError('lane_full', { retryAfterMs: 1_000 }) : { id, duplicate: status === 1 };
}

function headsOf(epoch: string, offsets: readonly (number | string | null | undefined)[]): Heads {
  return { epoch, offsets: Object.fromEntries(streamLanes.map((lane, index) => [lane, Number(offsets[index] ?? 0)])) as Heads['offsets'] };
}

function messagesOf(entries: readonly [string, string[]][]): string[] {
  return entries.map(([, fields]) => fields[1] ?? '');
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
