// One master under `redis.ack: replicated`. Writes are sent in groups, followed by one WAIT per group on the same connection. While too few
// replicas confirm, writes are refused immediately and nothing is sent. A timer sends empty groups as probes, every second
// (every 100 ms while replicas are missing), so that danmux notices a lost replica before the next gift and accepts writes after its return.
//
// Enough confirmations are not proof by themselves: when one of two replicas is promoted, the other still confirms writes of the old master
// until the sentinels have informed all clients, and those writes are lost. So for 5 s after a replica disconnects, every write is rejected.
import { DanmuxError } from '@danmux/protocol';
import type { Config } from '@danmux/runtime';
import type { Redis } from 'ioredis';
import { addressOf } from './connection/connected-address.ts';
import { busError } from './connection/error.ts';
import { GroupCommit } from './group-commit.ts';

/** Errors of servers that cannot run WAITAOF, because they are too old or their AOF is off. */
const cannotFsync = /^ERR (unknown command|.*appendonly is disabled)/;

/**
 * Time in milliseconds for which writes are rejected after a replica disconnected. The replica may have been promoted, and within this time the
 * sentinels or cluster nodes announce the promotion.
 */
const replicaLeftMs = 5_000;

/** Interval between probes of a master, milliseconds: short while too few replicas confirm. */
const probeEveryMs = { missing: 100, idle: 1_000 };

export class ReplicatedNode {
  readonly #redis: Redis;
  readonly #settings: Config['redis'];
  readonly #changed: () => void;
  readonly #group = new GroupCommit(() => this.#begin());
  /** Number of times the connection has closed. A WAIT on a later connection would count replicas that never saw the write. */
  #closes = 0;
  #missing = false;
  #fsyncs = true;
  /** From the last INFO: the master's address, the number of its online replicas, and the monotonic time at which the number last fell. */
  #replicas = { of: '', count: 0, leftAt: Number.NEGATIVE_INFINITY };
  #probedAt = Number.NEGATIVE_INFINITY;
  #probing = false;

  /** `changed` is called after `missing` or `fsyncs` changed. */
  constructor(redis: Redis, settings: Config['redis'], changed: () => void) {
    this.#redis = redis;
    this.#settings = settings;
    this.#changed = changed;
    redis.on('close', () => {
      this.#closes++;
      // The next connection may reach another server, which may support WAITAOF.
      this.#fsyncs = true;
    });
  }

  /** True after a group that too few replicas confirmed, until a later group is confirmed. */
  get missing(): boolean {
    return this.#missing;
  }

  /** False when `redis.ack_fsync` is on and this server does not support WAITAOF. */
  get fsyncs(): boolean {
    return this.#fsyncs;
  }

  get address(): string {
    return addressOf(this.#redis);
  }

  /**
   * Resolves when enough replicas have the writes that `run` made on this connection. Rejects with `unavailable` otherwise; the writes may
   * then be stored all the same. `run` must write even for a duplicate, or the duplicate is answered before the original is replicated.
   */
  write<T>(run: (redis: Redis) => Promise<T>, bytes: number): Promise<T> {
    return this.#missing ? Promise.reject(this.#tooFew('nothing was stored')) : this.#group.write(() => run(this.#redis), bytes);
  }

  /** Probes the replicas when the interval is over. Called by a timer; `now` is in milliseconds and always from the same clock. */
  probe(now: number): void {
    const due = this.#probedAt + (this.#missing ? probeEveryMs.missing : probeEveryMs.idle);
    if (this.#probing || now < due || this.#redis.status !== 'ready') return;
    this.#probedAt = now;
    this.#probing = true;
    // Ignore an error of the probe: it has already set `missing`, or the connection reports it.
    const done = () => {
      this.#probing = false;
    };
    this.#group.write(async () => {}).then(done, done);
  }

  #begin(): () => Promise<void> {
    const closes = this.#closes;
    return async () => {
      const confirmed = await this.#wait(closes);
      this.#setMissing(confirmed < this.#settings.ack_replicas);
      if (this.#missing) throw this.#tooFew('it may be stored: send it again under the same id');
    };
  }

  async #wait(closes: number): Promise<number> {
    const ended = () =>
      new DanmuxError('unavailable', {
        message: 'The Redis connection ended before replicas confirmed the write; send it again under the same id.',
        retryAfterMs: 1_000,
      });
    if (closes !== this.#closes) throw ended();
    try {
      const confirmed = await this.#confirmations();
      // Check after the WAIT, so that a replica that left before or during it is noticed.
      const left = await this.#replicaLeft();
      if (closes !== this.#closes) throw ended();
      return left ? 0 : confirmed;
    } catch (error) {
      // The master was demoted to a replica: reconnect, to find the new master.
      if (error instanceof Error && /replica instance|UNBLOCKED/.test(error.message)) this.#redis.disconnect(true);
      throw new DanmuxError('unavailable', { cause: busError(error), retryAfterMs: 1_000 });
    }
  }

  /** Number of replicas that have this connection's writes; 0 when WAITAOF reports that the master has not fsynced them. */
  async #confirmations(): Promise<number> {
    const { ack_replicas, ack_timeout_ms, ack_fsync } = this.#settings;
    if (!ack_fsync || !this.#fsyncs) return this.#redis.wait(ack_replicas, ack_timeout_ms);
    try {
      const [master, replicas] = (await this.#redis.call('WAITAOF', 1, ack_replicas, ack_timeout_ms)) as [number, number];
      return master === 1 ? replicas : 0;
    } catch (error) {
      if (!(error instanceof Error) || !cannotFsync.test(error.message)) throw error;
      this.#fsyncs = false;
      this.#changed();
      return this.#redis.wait(ack_replicas, ack_timeout_ms);
    }
  }

  async #replicaLeft(): Promise<boolean> {
    const count = (await this.#redis.info('replication')).match(/^slave\d+:.*state=online/gm)?.length ?? 0;
    const before = this.#replicas;
    const of = this.address;
    const now = performance.now();
    const leftAt = of !== before.of ? Number.NEGATIVE_INFINITY : count < before.count ? now : before.leftAt;
    this.#replicas = { of, count, leftAt };
    return now - leftAt < replicaLeftMs;
  }

  #setMissing(missing: boolean): void {
    if (missing) this.#group.refuse(this.#tooFew('nothing was stored'));
    if (missing === this.#missing) return;
    this.#missing = missing;
    this.#changed();
  }

  #tooFew(outcome: string): DanmuxError {
    const { ack_replicas, ack_timeout_ms } = this.#settings;
    return new DanmuxError('unavailable', {
      message: `Fewer than ${ack_replicas} replica${ack_replicas === 1 ? '' : 's'} confirmed the write within ${ack_timeout_ms} ms, or one has just left; ${outcome}.`,
      retryAfterMs: 1_000,
    });
  }
}
