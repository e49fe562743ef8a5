// Checks every ten seconds whether Redis evicts keys. Any `maxmemory-policy` but `noeviction` is wrong for danmux, because Redis may then
// delete a message that was acknowledged. The same timer drops refusals that have not occurred again for some time,
// because their commands are no longer sent.
import { DanmuxError } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import { Cluster, type Redis } from 'ioredis';
import type { RedisConnection } from './connection.ts';
import { type Refusals, refusalsOf } from './refusals.ts';

const everyMs = 10_000;
/** The state `redis_eviction` ends when the policy is `noeviction` and this many checks in a row found no newly evicted key. */
const quietLooks = 30;

export class RedisCondition {
  readonly #runtime: Runtime;
  readonly #connection: RedisConnection;
  readonly #refusals: Refusals;
  #timer: NodeJS.Timeout | undefined;
  #evicted: number | undefined;
  #quiet = quietLooks;
  #looking = false;

  constructor(runtime: Runtime, connection: RedisConnection) {
    this.#runtime = runtime;
    this.#connection = connection;
    this.#refusals = refusalsOf(runtime);
    connection.onReady(() => void this.look());
  }

  /** Throws `unavailable` when Redis permanently refuses a command that this process cannot work without. */
  mustServe(): void {
    const { blocking } = this.#refusals;
    if (blocking) throw new DanmuxError('unavailable', { message: `Redis refuses what this process needs: ${blocking}.`, retryAfterMs: 1_000 });
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#refusals.sweep();
      void this.look();
    }, everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Reads INFO from every master. */
  async look(): Promise<void> {
    if (this.#looking || !this.#connection.up) return;
    this.#looking = true;
    try {
      const { client } = this.#connection;
      const nodes = client instanceof Cluster ? client.nodes('master') : [client];
      this.#judge(await Promise.all(nodes.map(conditionOf)));
    } catch (error) {
      // A refused INFO is already recorded as a refusal; the policy stays unknown.
      this.#runtime.caught('redis-condition', error, 'cannot check whether redis evicts keys', { level: 'debug' });
    } finally {
      this.#looking = false;
    }
  }

  #judge(nodes: readonly NodeCondition[]): void {
    const policy = nodes.find((node) => node.policy !== 'noeviction')?.policy;
    const evicted = nodes.reduce((sum, node) => sum + node.evicted, 0);
    const more = this.#evicted !== undefined && evicted > this.#evicted;
    this.#evicted = evicted;
    this.#quiet = more ? 0 : this.#quiet + 1;
    const { degraded } = this.#runtime;
    if (policy === undefined && this.#quiet >= quietLooks) {
      degraded.clear('redis_eviction');
      return;
    }
    const deleted = evicted > 0 ? ` It has evicted ${evicted} keys since it started.` : '';
    const what =
      policy === undefined ? 'Redis evicted keys because its memory was full.' : `The maxmemory-policy of Redis is ${policy}: it may delete stored messages.`;
    degraded.set('redis_eviction', `${what}${deleted} Set maxmemory-policy to noeviction.`, { policy: policy ?? 'noeviction', evicted_keys: evicted });
  }
}

interface NodeCondition {
  readonly policy: string;
  readonly evicted: number;
}

/** A Redis-compatible server whose INFO has neither field counts as `noeviction` with no evicted keys. */
async function conditionOf(redis: Redis): Promise<NodeCondition> {
  const [memory, stats] = await Promise.all([redis.info('memory'), redis.info('stats')]);
  return { policy: /^maxmemory_policy:(\S+)/m.exec(memory)?.[1] ?? 'noeviction', evicted: Number(/^evicted_keys:(\d+)/m.exec(stats)?.[1] ?? 0) };
}
