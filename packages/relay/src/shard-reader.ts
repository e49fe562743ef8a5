// Reads the ingress of one shard: immediately when the store announces a publication, and whenever the owner calls `notify`. It counts the
// publications of each lane that were read and not yet committed, and stops reading a lane at a cap. It removes nothing from the ingress.
import type { Bus, IngressCursor, Pending, Subscription } from '@danmux/bus';
import { byLane, type Lane, laneNames } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';

/** Cap on the publications of one lane that were read and not yet committed; further ones wait in the ingress. */
const backlogCap = 2_000;
const readLimit = 500;

export interface ShardReaderOwner {
  /** Called with publications of one lane, oldest first. Each publication is passed once between two resets. */
  received(pending: readonly Pending[]): void;
  /** Called when all available publications were read, or when reading was paused. */
  caughtUp(): void;
  /** Called after a reconnect to the store, which may have been replaced or restored to an older state meanwhile. */
  resumed(): void;
  /** Called when a read failed. The owner must call `pause`, and `reset` later. */
  failed(error: unknown, message: string): void;
  /** Called with each read or subscription in progress, which must end before the owner resets or stops. */
  track(work: Promise<void>): void;
}

export class ShardReader {
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #shard: number;
  readonly #owner: ShardReaderOwner;
  readonly #backlog = byLane(() => 0);
  #cursor: IngressCursor = {};
  #subscription: Subscription | undefined;
  #reading = false;
  #notified = false;
  #paused = false;

  constructor(runtime: Runtime, bus: Bus, shard: number, owner: ShardReaderOwner) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#shard = shard;
    this.#owner = owner;
  }

  start(): void {
    this.#owner.track(this.#listen());
    this.notify();
  }

  /** Ends the subscription. Call only after `pause`, when no read is in progress. */
  async close(): Promise<void> {
    await this.#subscription?.close();
    this.#forget();
  }

  /** Reads the available publications; a call during a read causes one more read after it. */
  notify(): void {
    this.#notified = true;
    if (this.#reading || this.#paused) return;
    this.#reading = true;
    this.#owner.track(this.#readAll());
  }

  /** Stops reading until `reset`; publications of a read in progress are not passed to the owner. */
  pause(): void {
    this.#paused = true;
  }

  /** Ends the pause; the next read begins with the oldest uncommitted entry. Call only when no read is in progress. */
  reset(): void {
    this.#forget();
    this.#paused = false;
  }

  /** Call after a commit of `count` publications of the lane, so that more may be read. */
  settled(lane: Lane, count: number): void {
    this.#addBacklog(lane, -count);
  }

  async #listen(): Promise<void> {
    try {
      this.#subscription ??= await this.#bus.ingress.listen(
        this.#shard,
        () => this.notify(),
        () => this.#owner.resumed(),
      );
    } catch (error) {
      // The owner need not reset, because the publications read so far are valid. Until a later read succeeds in subscribing, the owner's timer
      // causes the reads.
      this.#runtime.caught('shard-relay', error, 'could not subscribe to the ingress of a shard', { fields: { shard: this.#shard } });
    }
  }

  async #readAll(): Promise<void> {
    try {
      while (this.#notified && !this.#paused) {
        this.#notified = false;
        const more = await Promise.all(laneNames.map((lane) => this.#readLane(lane)));
        if (more.includes(true)) this.#notified = true;
        if (!this.#subscription) await this.#listen();
      }
      this.#owner.caughtUp();
    } catch (error) {
      this.#owner.failed(error, 'could not read the ingress of a shard');
    } finally {
      this.#reading = false;
    }
  }

  /** Resolves with true when the lane may have more publications to read now. */
  async #readLane(lane: Lane): Promise<boolean> {
    const room = backlogCap - this.#backlog[lane];
    if (room <= 0) return false;
    const limit = Math.min(readLimit, room);
    const pending = await this.#bus.ingress.read(this.#shard, lane, this.#cursor[lane], limit);
    if (this.#paused) return false;
    const last = pending.at(-1);
    if (last) this.#cursor[lane] = last.entry;
    this.#addBacklog(lane, pending.length);
    this.#owner.received(pending);
    return pending.length === limit;
  }

  #forget(): void {
    this.#cursor = {};
    for (const lane of laneNames) this.settled(lane, this.#backlog[lane]);
  }

  #addBacklog(lane: Lane, count: number): void {
    this.#backlog[lane] += count;
    this.#runtime.metrics.backlog.inc({ lane }, count);
  }
}
