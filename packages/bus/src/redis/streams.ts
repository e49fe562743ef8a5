// Streams in Redis: heads, messages by offset and by page, and tombstones in place of recalled messages.
import { type BulkRecall, lanes, recallLanes, type StreamLane, streamLanes } from '@danmux/protocol';
import { newId, type Runtime } from '@danmux/runtime';
import type { Commit, CommitResult, Heads, HeadsClaim, Page, Recalled, Streams } from '../contract/streams.ts';
import { type EpochReason, epochBegun } from '../engine/epoch-begun.ts';
import { recallTtlMs } from '../engine/lane-settings.ts';
import { givenText, hasParts } from '../message/combo-parts.ts';
import { tombstone } from '../message-text.ts';
import { shardLease } from '../shard.ts';
import { isUserRoom } from '../user-room.ts';
import { bulkName, decodeRecalls } from './bulk-name.ts';
import { headsOf } from './heads-fields.ts';
import { streamsHeads, streamsRecall, streamsRecallAll } from './script/streams.ts';
import { streamsCommit } from './script/streams-commit.ts';
import type { RedisStore } from './store.ts';

/** Largest number of messages that one script call of a recall examines, so that it does not block Redis for long. */
const recallChunk = 250;

interface Placed {
  readonly offset: number;
  readonly text: string;
}

export class RedisStreams implements Streams {
  readonly #runtime: Runtime;
  readonly #store: RedisStore;
  /**
   * True under `redis.ack: replicated`: a failover loses no acknowledged publication. Under `local` a failover may lose publications that no replica
   * had yet, such as gifts in the ingress. A room then begins a new epoch after a failover even when its heads look complete.
   */
  readonly #keepsAcknowledged: boolean;

  constructor(runtime: Runtime, store: RedisStore) {
    this.#runtime = runtime;
    this.#keepsAcknowledged = runtime.config.redis.ack === 'replicated';
    this.#store = store;
  }

  async commit(commit: Commit): Promise<CommitResult> {
    const shard = this.#store.shardOf(commit.room);
    if (commit.lease.name !== shardLease(shard)) return { ok: false, reason: 'fenced' };
    const { publishCommand, keys } = this.#store;
    const answer = await this.#store.run(streamsCommit, { shard: keys.shard(shard), commit, publishCommand, config: this.#runtime.config });
    return answer === 'ok' ? { ok: true } : { ok: false, reason: answer === 'moved' ? 'moved' : 'fenced' };
  }

  async heads(room: string, claim?: HeadsClaim): Promise<Heads> {
    const newEpoch = newId(this.#runtime.clock.now());
    const input = { shard: this.#store.of(room), room, newEpoch, claim, keepsAcknowledged: this.#keepsAcknowledged };
    const [epoch, ...rest] = (await this.#store.run(streamsHeads, input)) as (string | null)[];
    const [forks, begun] = rest.slice(streamLanes.length);
    if (begun) epochBegun(this.#runtime, room, begun as EpochReason);
    return headsOf(epoch ?? '', rest, forks);
  }

  async since(room: string, lane: StreamLane, after: number, upTo: number, limit: number): Promise<readonly string[]> {
    if (upTo <= after || limit <= 0) return [];
    const key = this.#store.of(room).stream(room, lane);
    const found = (await this.#store.ask((redis) => redis.xrange(key, `${after + 1}-0`, `${upTo}-0`, 'COUNT', limit))).map(placed);
    const end = found.length === limit ? (found.at(-1)?.offset ?? upTo) : upTo;
    // Usually no offset is missing, and then the tombstones need not be read.
    if (found.length === end - after) return this.#given(room, lane, found);
    const tombs = await this.#tombstones(room, lane, after + 1, end);
    return this.#given(room, lane, withTombstones(found, tombs).slice(0, limit));
  }

  async history(room: string, lane: StreamLane, before: number | undefined, limit: number): Promise<Page> {
    // Offsets begin at 1, and Redis rejects a range that ends before its lowest id.
    if (before !== undefined && before <= 1) return { msgs: [], more: false };
    const key = this.#store.of(room).stream(room, lane);
    const end = before === undefined ? '+' : `(${before}-0`;
    const found = (await this.#store.ask((redis) => redis.xrevrange(key, end, '-', 'COUNT', limit + 1))).map(placed).reverse();
    const lowest = found.length > limit ? (found[0]?.offset ?? 1) : 1;
    const whole = before !== undefined && found.length === before - lowest;
    const tombs = whole ? [] : await this.#tombstones(room, lane, lowest, before === undefined ? undefined : before - 1);
    const all = withTombstones(found, tombs);
    return { msgs: await this.#given(room, lane, all.slice(Math.max(0, all.length - limit))), more: all.length > limit };
  }

  async recall(room: string, id: string): Promise<{ found: boolean }> {
    const about = { shard: this.#store.of(room), room, id, nowMs: this.#runtime.clock.now(), limit: recallChunk };
    let first = true;
    // Search chat first and the newest messages first: most recalls are of recent chat.
    for (let stream = streamLanes.length; stream >= 1; stream--) {
      for (let from = '+'; from !== ''; first = false) {
        const [found, next = ''] = (await this.#store.run(streamsRecall, { ...about, stream, from, first })) as [number, string?];
        if (found === 1) return { found: true };
        from = next;
      }
    }
    return { found: false };
  }

  async recallAll(room: string, { scope, positions, ts }: BulkRecall): Promise<{ count: number }> {
    const user = 'user' in scope ? scope.user : '';
    const about = { shard: this.#store.of(room), room, name: bulkName(scope), atMs: ts, nowMs: this.#runtime.clock.now(), limit: recallChunk, user };
    let count = 0;
    for (const lane of recallLanes(scope)) {
      for (let from = `${positions[lane]?.offset ?? 0}-0`; from !== ''; ) {
        const [replaced, next] = (await this.#store.run(streamsRecallAll, { ...about, lane, from })) as [number, string];
        count += replaced;
        from = next;
      }
    }
    return { count };
  }

  async recalled(room: string): Promise<Recalled> {
    const key = this.#store.of(room).recalled(room);
    const since = `(${this.#runtime.clock.now() - recallTtlMs}`;
    return decodeRecalls(await this.#store.ask((redis) => redis.zrangebyscore(key, since, '+inf', 'WITHSCORES')));
  }

  async rooms(): Promise<readonly string[]> {
    const names = await this.#store.streamRooms();
    return names.filter((room) => !isUserRoom(room));
  }

  /** Returns messages without their recalled combo parts. Done on reading, because Redis cannot change entries of a stream. */
  async #given(room: string, lane: StreamLane, messages: readonly Placed[]): Promise<string[]> {
    if (lanes[lane].merges !== 'combos' || !messages.some(({ text }) => hasParts(text))) return messages.map(({ text }) => text);
    const key = this.#store.of(room).recalledParts(room);
    const recalled = new Set(await this.#store.ask((redis) => redis.zrangebyscore(key, messages[0]?.offset ?? 0, messages.at(-1)?.offset ?? 0)));
    return messages.map((message) => givenText(lane, message, recalled));
  }

  async #tombstones(room: string, lane: StreamLane, from: number, upTo: number | undefined): Promise<Placed[]> {
    const key = this.#store.of(room).tombstones(room, lane);
    const known = await this.#store.ask((redis) => redis.zrangebyscore(key, from, upTo ?? '+inf'));
    return known.map((text) => {
      const [, offset = '0', ts = '0', id = ''] = /^(\d+) (\d+) (.*)$/s.exec(text) ?? [];
      return { offset: Number(offset), text: tombstone(lane, Number(offset), id, Number(ts)) };
    });
  }
}

/**
 * Merges messages and tombstones by offset. Drops everything below the highest missing offset, because only tombstones of trimmed messages are left
 * below it.
 */
function withTombstones(found: readonly Placed[], tombs: readonly Placed[]): Placed[] {
  if (tombs.length === 0) return [...found];
  const all = [...new Map([...found, ...tombs].map((one) => [one.offset, one])).values()].sort((a, b) => a.offset - b.offset);
  let first = all.length - 1;
  while (first > 0 && all[first - 1]?.offset === (all[first]?.offset ?? 0) - 1) first--;
  return all.slice(first);
}

function placed([entry, fields]: readonly [string, string[]]): Placed {
  return { offset: Number.parseInt(entry, 10), text: fields[1] ?? '' };
}
