// One master under `redis.ack: replicated`: writes go out in groups, with one WAIT a group on the connection that wrote. While its
// replicas are known to be missing it writes nothing and refuses at once; an empty group each second finds out, so that the loss of
// a replica shows before the next gift and its return ends the refusals.
//
// Enough replicas are not all that counts: when one of two was promoted, the other still confirms what the old master takes until the
// sentinels have told everybody, and all of that is lost. So nothing counts for a while after a replica left its master.
import { DanmuxError } from '@danmux/protocol';
import type { Config } from '@danmux/runtime';
import type { Redis } from 'ioredis';
import { addressOf } from './connection/connected-address.ts';
import { busError } from './connection/error.ts';
import { GroupCommit } from './group-commit.ts';

/** Answers by which a server says that it cannot wait for disks: too old, or without AOF. */
const cannotFsync = /^ERR (unknown command|.*appendonly is disabled)/;

/** A replica that left may be the new master: by then the sentinels, or the nodes of a Cluster, have said so. */
const leftMs = 5_000;

/** How often a master with too few replicas, and an idle one, is asked about them. */
const askEveryMs = { missing: 100, idle: 1_000 };

export class ReplicatedNode {
  readonly #redis: Redis;
  readonly #settings: Config['redis'];
  readonly #changed: () => void;
  readonly #group = new GroupCommit(() => this.#begin());
  /** Grows with each end of the connection: WAIT on a later one would count replicas that never saw the write. */
  #closes = 0;
  #missing = false;
  #fsyncs = true;
  /** Replicas of the master at this address when it was asked last, and when there were fewer than before. */
  #replicas = { of: '', count: 0, leftAt: Number.NEGATIVE_INFINITY };
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking = false;

  /** `changed` is called after `missing` or `fsyncs` changed. */
  constructor(redis: Redis, settings: Config['redis'], changed: () => void) {
    this.#redis = redis;
    this.#settings = settings;
    this.#changed = changed;
    redis.on('close', () => {
      this.#closes++;
      // The next connection may reach another server.
      this.#fsyncs = true;
    });
  }

  /** True from a confirmation that too few replicas gave until the next one they all gave. */
  get missing(): boolean {
    return this.#missing;
  }

  /** False when disks were to be waited for, and this server cannot. */
  get fsyncs(): boolean {
    return this.#fsyncs;
  }

  get address(): string {
    return addressOf(this.#redis);
  }

  /**
   * Resolves when what `run` wrote on this connection is on enough replicas; rejects with `unavailable` when it is not: it may be
   * stored all the same. A duplicate must write something too, or it would be answered before the first one is replicated.
   */
  write<T>(run: (redis: Redis) => Promise<T>, bytes: number): Promise<T> {
    return this.#missing ? Promise.reject(this.#tooFew('nothing was accepted')) : this.#group.write(() => run(this.#redis), bytes);
  }

  /** Asks for the replicas when it is time to, `now` by any clock; called often. */
  ask(now: number): void {
    const due = this.#askedAt + (this.#missing ? askEveryMs.missing : askEveryMs.idle);
    if (this.#asking || now < due || this.#redis.status !== 'ready') return;
    this.#askedAt = now;
    this.#asking = true;
    // Its failure is `missing`, or that of the connection, which tells it itself.
    const asked = () => {
      this.#asking = false;
    };
    this.#group.write(async () => {}).then(asked, asked);
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
    const ended = () => new DanmuxError('unavailable', { message: 'The connection ended before replicas confirmed; send it again.', retryAfterMs: 1_000 });
    if (closes !== this.#closes) throw ended();
    try {
      const confirmed = await this.#confirmations();
      // Asked after the WAIT: what was confirmed by those that stayed came before.
      const left = await this.#replicaLeft();
      if (closes !== this.#closes) throw ended();
      return left ? 0 : confirmed;
    } catch (error) {
      // A master that became a replica meanwhile: its group has another one.
      if (error instanceof Error && /replica instance|UNBLOCKED/.test(error.message)) this.#redis.disconnect(true);
      throw new DanmuxError('unavailable', { cause: busError(error), retryAfterMs: 1_000 });
    }
  }

  /** How many replicas have what this connection wrote; 0 when the master has yet to write it to its own disk. */
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
    return now - leftAt < leftMs;
  }

  #setMissing(missing: boolean): void {
    if (missing) this.#group.refuse(this.#tooFew('nothing was accepted'));
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
