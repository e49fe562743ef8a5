// Reads the ingress of one shard as its owner commits: at once when the store notifies the shard of a publication, and whenever the owner
// asks. It counts per lane the publications that were read and are not committed, and removes nothing from the ingress.
import type { Bus, IngressCursor, Pending, Subscription } from '@danmux/bus';
import { type Lane, laneNames } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';

/** Publications read from one lane and not yet committed, at most; the rest waits in the ingress. */
const backlogCap = 2_000;
const readLimit = 500;

export interface ShardReaderOwner {
  /** Publications of one lane, oldest first, each once between two resets. */
  received(pending: readonly Pending[]): void;
  /** Everything there was is read, or reading was paused. */
  caughtUp(): void;
  /** The connection to the store was lost and is back: the store may be another one, or the same from an older state. */
  resumed(): void;
  /** A read failed; the owner is expected to `pause`, and to `reset` later. */
  failed(error: unknown, message: string): void;
  /** Work that must end before the owner resets or stops. */
  track(work: Promise<void>): void;
}

export class ShardReader {
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #shard: number;
  readonly #owner: ShardReaderOwner;
  readonly #backlog = Object.fromEntries(laneNames.map((lane) => [lane, 0])) as Record<Lane, number>;
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

  /** Ends the subscription. Only after `pause`, when no read is under way. */
  async close(): Promise<void> {
    await this.#subscription?.close();
    this.#forget();
  }

  /** Reads what there is to read; a call during a read makes one more follow. */
  notify(): void {
    this.#notified = true;
    if (this.#reading || this.#paused) return;
    this.#reading = true;
    this.#owner.track(this.#readAll());
  }

  /** Reads nothing until `reset`; a read under way delivers nothing more. */
  pause(): void {
    this.#paused = true;
  }

  /** Ends the pause: the next read begins with the oldest entry that is not committed. Only when no read is under way. */
  reset(): void {
    this.#forget();
    this.#paused = false;
  }

  /** `count` publications of the lane were committed, so that more may be read. */
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
      // No reset: what was read is valid, and until a later read subscribes, the timer reads the ingress.
      this.#runtime.caught('shard-relay', error, 'could not listen to a shard', { fields: { shard: this.#shard } });
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
      this.#owner.failed(error, 'could not read a shard');
    } finally {
      this.#reading = false;
    }
  }

  /** True when there may be more to read at once. */
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
