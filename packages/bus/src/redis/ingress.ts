// The ingress in Redis: one stream per shard and lane, written by one script call per shard. Under `redis.ack: replicated`, guaranteed
// lanes use a separate connection and count as stored once replicas confirm; the other lanes never wait for replicas.
import { DanmuxError, type Lane, lanes } from '@danmux/protocol';
import type { Config, Runtime } from '@danmux/runtime';
import type { Ingress, Marks, Pending, Publication, PublishResult } from '../contract/ingress.ts';
import type { Subscription } from '../contract/subscription.ts';
import { groupBy } from '../engine/group-by.ts';
import { decodeWeight } from '../message/weight.ts';
import type { RedisChannels } from './channels.ts';
import type { ReplicatedWrites } from './replicated-writes.ts';
import { ingressPublish } from './script/ingress-publish.ts';
import { runScript } from './script/scripts.ts';
import type { RedisStore } from './store.ts';

/** Largest number of publications per script call, so that no call blocks Redis for long. */
const publishChunk = 200;
/** TTL in milliseconds of the key that `confirm` writes; its value is never read. */
const confirmKeptMs = 60_000;

export class RedisIngress implements Ingress {
  readonly #config: Config;
  readonly #store: RedisStore;
  readonly #channels: RedisChannels;
  readonly #replicated: ReplicatedWrites | undefined;

  /** Without `replicated`, a publication of any lane counts as stored once the master has it. */
  constructor({ config }: Runtime, store: RedisStore, channels: RedisChannels, replicated: ReplicatedWrites | undefined) {
    this.#config = config;
    this.#store = store;
    this.#channels = channels;
    this.#replicated = replicated;
  }

  async publish(publications: readonly Publication[]): Promise<readonly (PublishResult | Error)[]> {
    const results = new Array<PublishResult | Error>(publications.length);
    const groups = groupBy([...publications.keys()], (index) => {
      const { room = '', lane = 'chat' } = publications[index] ?? {};
      return `${this.#store.shardOf(room)} ${this.#replicated && lanes[lane].guaranteed ? 'replicated' : 'local'}`;
    });
    await Promise.all([...groups.values()].map((indexes) => this.#publishGroup(indexes, publications, results)));
    return results;
  }

  async confirm(key: string): Promise<void> {
    // Since Redis 7.2, WAIT covers only writes of its own connection, so this call first writes a key on that connection. Replicas apply writes in
    // order, so the confirmation of this write also covers all earlier ones.
    await this.#replicated?.write(`${key}:confirm`, (redis) => redis.set(`${key}:confirm`, '1', 'PX', confirmKeptMs), key.length);
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

  listen(shard: number, notify: () => void, resumed: () => void = notify): Promise<Subscription> {
    return this.#channels.open(this.#store.keys.shard(shard).ingressChannel, { message: notify, resumed });
  }

  /** Writes publications of one shard. Either all of them wait for replicas or none does. */
  async #publishGroup(indexes: readonly number[], publications: readonly Publication[], results: (PublishResult | Error)[]): Promise<void> {
    for (let start = 0; start < indexes.length; start += publishChunk) {
      const chunk = indexes.slice(start, start + publishChunk);
      const outcome = await this.#write(chunk.flatMap((index) => publications[index] ?? [])).catch((error: Error) => error);
      chunk.forEach((index, at) => {
        results[index] = outcome instanceof Error ? outcome : resultOf((outcome as [number, string][])[at]);
      });
    }
  }

  #write(part: readonly Publication[]): Promise<unknown> {
    const [{ room, lane } = { room: '', lane: 'chat' as const }] = part;
    const shard = this.#store.of(room);
    const input = { shard, publications: part, publishCommand: this.#store.publishCommand, config: this.#config };
    if (!this.#replicated || !lanes[lane].guaranteed) return this.#store.run(ingressPublish, input);
    const bytes = part.reduce((sum, { body }) => sum + body.length, 0);
    return this.#replicated.write(shard.ledger, (redis) => runScript(redis, ingressPublish, input), bytes);
  }
}

function resultOf(answer: readonly [status: number, id: string] | undefined): PublishResult | Error {
  if (!answer) return new DanmuxError('internal');
  const [status, id] = answer;
  if (status === 3) return new DanmuxError('duplicate_id');
  return status === 2 ? new DanmuxError('lane_full', { retryAfterMs: 1_000 }) : { id, duplicate: status === 1 };
}
