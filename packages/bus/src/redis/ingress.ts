// Puts publications into the ingress of their shards, one script call for those of a shard. Under `redis.ack: replicated` those of
// guaranteed lanes go by a connection of their own and count when replicas have them; the others never wait for that.
import { DanmuxError, lanes } from '@danmux/protocol';
import type { Config, Runtime } from '@danmux/runtime';
import type { Publication, Receipt } from '../bus.ts';
import { groupBy } from '../engine/group-by.ts';
import { publishArguments } from './publish-arguments.ts';
import type { ReplicatedWrites } from './replicated-writes.ts';
import { runScript } from './scripts.ts';
import type { RedisStore } from './store.ts';

/** Publications of one script call at most, so that no call holds Redis for long. */
const publishChunk = 200;

export class RedisIngress {
  readonly #config: Config;
  readonly #store: RedisStore;
  readonly #replicated: ReplicatedWrites | undefined;

  /** Without `replicated` every lane counts as stored when the master has it. */
  constructor({ config }: Runtime, store: RedisStore, replicated: ReplicatedWrites | undefined) {
    this.#config = config;
    this.#store = store;
    this.#replicated = replicated;
  }

  /** As `Bus.publish`. */
  async publish(publications: readonly Publication[]): Promise<readonly (Receipt | Error)[]> {
    const results = new Array<Receipt | Error>(publications.length);
    const groups = groupBy([...publications.keys()], (index) => {
      const { room = '', lane = 'chat' } = publications[index] ?? {};
      return `${this.#store.shardOf(room)} ${this.#replicated && lanes[lane].guaranteed ? 'replicated' : 'local'}`;
    });
    await Promise.all([...groups.values()].map((indexes) => this.#publishGroup(indexes, publications, results)));
    return results;
  }

  /** All of one shard, and all replicated or none. */
  async #publishGroup(indexes: readonly number[], publications: readonly Publication[], results: (Receipt | Error)[]): Promise<void> {
    for (let start = 0; start < indexes.length; start += publishChunk) {
      const chunk = indexes.slice(start, start + publishChunk);
      const outcome = await this.#write(chunk.flatMap((index) => publications[index] ?? [])).catch((error: Error) => error);
      chunk.forEach((index, at) => {
        results[index] = outcome instanceof Error ? outcome : receiptOf((outcome as [number, string][])[at]);
      });
    }
  }

  #write(part: readonly Publication[]): Promise<unknown> {
    const [{ room, lane } = { room: '', lane: 'chat' as const }] = part;
    const shard = this.#store.of(room);
    const { keys, args } = publishArguments(shard, part, this.#store.publishCommand, this.#config);
    if (!this.#replicated || !lanes[lane].guaranteed) return this.#store.run('dmxPublish', keys, args);
    const bytes = part.reduce((sum, { body }) => sum + body.length, 0);
    return this.#replicated.write(shard.ledger, (redis) => runScript(redis, 'dmxPublish', keys, args), bytes);
  }
}

function receiptOf(answer: readonly [status: number, id: string] | undefined): Receipt | Error {
  if (!answer) return new DanmuxError('internal');
  const [status, id] = answer;
  return status === 2 ? new DanmuxError('lane_full', { retryAfterMs: 1_000 }) : { id, duplicate: status === 1 };
}
