// Looks every some seconds whether the Redis deletes what it was given: an eviction policy is wrong for danmux, since a message
// that was acknowledged is then gone without a word. It also ends the refusals that are asked no more.
import { DanmuxError } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import { Cluster, type Redis } from 'ioredis';
import type { RedisConnection } from './connection.ts';
import { type Refusals, refusalsOf } from './refusals.ts';

const everyMs = 10_000;
/** That many looks after the last evicted key the state ends, when the policy is right by then. */
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

  /** Throws when Redis refuses for good what this process cannot serve without. */
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

  /** Asks every master. */
  async look(): Promise<void> {
    if (this.#looking || !this.#connection.up) return;
    this.#looking = true;
    try {
      const { client } = this.#connection;
      const nodes = client instanceof Cluster ? client.nodes('master') : [client];
      this.#judge(await Promise.all(nodes.map(conditionOf)));
    } catch (error) {
      // A refused INFO is a refusal like others; it is known then that nothing can be said.
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
    const deleted = evicted > 0 ? ` It deleted ${evicted} keys since it began.` : '';
    const what = policy === undefined ? 'Redis deleted keys for want of memory.' : `The maxmemory-policy of Redis is ${policy}: it may delete stored messages.`;
    degraded.set('redis_eviction', `${what}${deleted} Set maxmemory-policy to noeviction.`, { policy: policy ?? 'noeviction', evicted_keys: evicted });
  }
}

interface NodeCondition {
  readonly policy: string;
  readonly evicted: number;
}

/** A server that tells of neither, as those that are no Redis, counts as right. */
async function conditionOf(redis: Redis): Promise<NodeCondition> {
  const [memory, stats] = await Promise.all([redis.info('memory'), redis.info('stats')]);
  return { policy: /^maxmemory_policy:(\S+)/m.exec(memory)?.[1] ?? 'noeviction', evicted: Number(/^evicted_keys:(\d+)/m.exec(stats)?.[1] ?? 0) };
}
