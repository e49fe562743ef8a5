// The connection of guaranteed publications under `redis.ack: replicated`, apart from the others since a WAIT holds up what follows
// it. On a Redis Cluster each write goes to the master of its slot by that master's own connection, and so does its WAIT.
import { setTimeout as wait } from 'node:timers/promises';
import { DanmuxError } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import { Cluster, Command, type Redis } from 'ioredis';
import { RedisConnection } from './connection/connection.ts';
import { busError } from './connection/error.ts';
import { ReplicatedNode } from './replicated-node.ts';
import { defineScripts } from './scripts.ts';

const tickMs = 50;
/** How often a write follows its slot to another master, with a pause before each. */
const maxRedirects = 5;
const redirectPauseMs = 100;
/** How often failed writes ask at most where the slots are. */
const refreshEveryMs = 200;

export class ReplicatedWrites {
  readonly #runtime: Runtime;
  readonly #connection: RedisConnection;
  readonly #nodes = new WeakMap<Redis, ReplicatedNode>();
  #timer: NodeJS.Timeout | undefined;
  #refreshedAt = Number.NEGATIVE_INFINITY;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#connection = new RedisConnection(runtime, 'replicated');
  }

  get up(): boolean {
    return this.#connection.up;
  }

  start(): void {
    this.#connection.start();
    this.#timer ??= setInterval(() => this.#tick(), tickMs);
  }

  firstAttempt(): Promise<void> {
    return this.#connection.firstAttempt();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#connection.stop();
  }

  /** As `ReplicatedNode.write`, on the master of the key's slot. */
  async write<T>(key: string, run: (redis: Redis) => Promise<T>, bytes: number): Promise<T> {
    for (let redirects = 0; ; redirects++) {
      try {
        return await this.#masterOf(key).write(run, bytes);
      } catch (error) {
        if (!(await this.#redirected(error, redirects))) throw busError(error);
      }
    }
  }

  #masterOf(key: string): ReplicatedNode {
    const { client } = this.#connection;
    if (!(client instanceof Cluster)) return this.#nodeOf(client);
    const address = client.slots[Number(new Command('get', [key]).getSlot())]?.[0];
    const master = client.nodes('master').find(({ options }) => `${options.host}:${options.port}` === address);
    if (client.status !== 'ready' || !master) throw new DanmuxError('unavailable', { retryAfterMs: 1_000 });
    return this.#nodeOf(master);
  }

  #nodeOf(redis: Redis): ReplicatedNode {
    const known = this.#nodes.get(redis);
    if (known) return known;
    defineScripts(redis);
    const node = new ReplicatedNode(redis, this.#runtime.config.redis, () => this.#tell());
    this.#nodes.set(redis, node);
    return node;
  }

  /** A write that its master refused, since the slot is or goes elsewhere, has not been done: it goes after it. */
  async #redirected(error: unknown, redirects: number): Promise<boolean> {
    const { client } = this.#connection;
    if (!(client instanceof Cluster)) return false;
    const now = performance.now();
    if (now - this.#refreshedAt > refreshEveryMs) {
      this.#refreshedAt = now;
      client.refreshSlotsCache();
    }
    if (redirects === maxRedirects || !(error instanceof Error) || !/^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN) /.test(error.message)) return false;
    await wait(redirectPauseMs);
    return true;
  }

  get #masters(): readonly Redis[] {
    const { client } = this.#connection;
    return client instanceof Cluster ? client.nodes('master') : [client];
  }

  #tick(): void {
    const now = performance.now();
    for (const redis of this.#masters) this.#nodeOf(redis).ask(now);
    this.#tell();
  }

  /** Also when the masters it was said of are gone themselves. */
  #tell(): void {
    const { ack_replicas, ack_timeout_ms } = this.#runtime.config.redis;
    this.#tellOf(
      'replicas_missing',
      ({ missing }) => missing,
      (masters) =>
        `redis.ack is replicated, and fewer than ${ack_replicas} replica(s) of ${masters} confirm a write within ${ack_timeout_ms} ms, or one left in the last seconds: gifts and control messages are refused with 503.`,
    );
    this.#tellOf(
      'ack_without_fsync',
      ({ fsyncs }) => !fsyncs,
      (masters) =>
        `redis.ack_fsync is on, but ${masters} has no WAITAOF (Redis 7.2, Valkey) or no AOF: gifts and control messages count when replicas have them in memory.`,
    );
  }

  #tellOf(code: string, concerns: (node: ReplicatedNode) => boolean, textOf: (masters: string) => string): void {
    const concerned = this.#masters.map((redis) => this.#nodeOf(redis)).filter(concerns);
    const masters = concerned.map(({ address }) => address).join(', ');
    if (masters === '') this.#runtime.degraded.clear(code);
    else this.#runtime.degraded.set(code, textOf(masters), { masters });
  }
}
