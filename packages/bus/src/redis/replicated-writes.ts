// Writes guaranteed publications under `redis.ack: replicated` on a separate connection, because a WAIT blocks later commands of its
// connection. On a Redis Cluster, a write and its WAIT use the connection to the master of the slot.
import { setTimeout as wait } from 'node:timers/promises';
import { DanmuxError } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import { Cluster, Command, type Redis } from 'ioredis';
import { RedisConnection } from './connection/connection.ts';
import { busError } from './connection/error.ts';
import { ReplicatedNode } from './replicated-node.ts';
import { defineScripts } from './script/scripts.ts';

const tickMs = 50;
/** Largest number of redirects of one write, and the pause before each in milliseconds. */
const maxRedirects = 5;
const redirectPauseMs = 100;
/** Shortest interval between two refreshes of the slot table after failed writes, milliseconds. */
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

  /** Calls `ReplicatedNode.write` for the master of the key's slot. Follows the slot when it moves. */
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
    const node = new ReplicatedNode(redis, this.#runtime.config.redis, () => this.#report());
    this.#nodes.set(redis, node);
    return node;
  }

  /**
   * Refreshes the slot table after a failed write and returns whether to repeat the write. A master that answers with a redirect has not executed
   * the write, so a repeat is safe.
   */
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
    for (const redis of this.#masters) this.#nodeOf(redis).probe(now);
    this.#report();
  }

  /** Sets or clears the degraded states. Also called by the timer, because a master that caused a state may have left the cluster. */
  #report(): void {
    const { ack_replicas, ack_timeout_ms } = this.#runtime.config.redis;
    this.#reportState(
      'replicas_missing',
      ({ missing }) => missing,
      (masters) =>
        `redis.ack is replicated, and fewer than ${ack_replicas} replica(s) of ${masters} confirm a write within ${ack_timeout_ms} ms, or one disconnected in the last seconds: gifts and control messages are refused with 503.`,
    );
    this.#reportState(
      'ack_without_fsync',
      ({ fsyncs }) => !fsyncs,
      (masters) =>
        `redis.ack_fsync is on, but ${masters} has no WAITAOF (Redis 7.2, Valkey) or no AOF: gifts and control messages count as stored when replicas have them in memory.`,
    );
  }

  #reportState(code: string, applies: (node: ReplicatedNode) => boolean, textOf: (masters: string) => string): void {
    const concerned = this.#masters.map((redis) => this.#nodeOf(redis)).filter(applies);
    const masters = concerned.map(({ address }) => address).join(', ');
    if (masters === '') this.#runtime.degraded.clear(code);
    else this.#runtime.degraded.set(code, textOf(masters), { masters });
  }
}
