// Holds this worker's share of the slices of webhook targets: acquires free slices, renews their leases, and releases some when another worker
// joins. The store refuses writes under an expired lease.
import type { Bus, Lease, Subscription } from '@danmux/bus';
import { Periodic } from '@danmux/runtime';
import { sliceLease, sliceOf } from '../places.ts';
import type { WebhookTarget } from '../targets.ts';
import { type SliceParts, TargetSlice } from './target-slice.ts';

const leaseMs = 5_000;
const everyMs = 1_000;
const failure = { where: 'webhook-slices', message: 'could not check the leases of webhook slices' };

interface Held {
  readonly slice: TargetSlice;
  /** Monotonic time after which another worker may hold the slice. */
  validUntil: number;
}

export class SliceHolder {
  readonly #parts: SliceParts;
  readonly #bus: Bus;
  /** Targets by slice number; slices without targets are absent. */
  readonly #targets = new Map<number, WebhookTarget[]>();
  readonly #held = new Map<number, Held>();
  readonly #checking: Periodic;
  #freed: Subscription | undefined;
  #ending = false;

  constructor(parts: SliceParts, bus: Bus, targets: readonly WebhookTarget[]) {
    this.#parts = parts;
    this.#bus = bus;
    this.#checking = new Periodic(parts.runtime, { everyMs, ...failure, level: 'debug' }, () => this.#run());
    for (const target of targets) this.#targets.set(sliceOf(target.id), [...(this.#targets.get(sliceOf(target.id)) ?? []), target]);
  }

  get slices(): readonly TargetSlice[] {
    return [...this.#held.values()].map(({ slice }) => slice);
  }

  start(): void {
    this.#ending = false;
    this.#checking.start();
    void this.check();
  }

  /** Releases every slice, so that other workers acquire them immediately. */
  async drain(): Promise<void> {
    this.#ending = true;
    await this.#checking.stop();
    await Promise.all([...this.#held.keys()].map((slice) => this.#giveUp(slice)));
    const freed = this.#freed;
    this.#freed = undefined;
    await freed?.close().catch((error: unknown) => this.#caught(error));
  }

  /** Renews, releases and acquires slices now. Resolves after a check that began after this call. */
  check(): Promise<void> {
    return this.#checking.again();
  }

  async #run(): Promise<void> {
    await Promise.all([...this.#held].map(([number, held]) => this.#renew(number, held)));
    this.#freed ??= await this.#bus.leases.onFreed((name) => {
      if (name.startsWith('webhooks:')) void this.check();
    });
    const share = await this.#share();
    const excess = [...this.#held.keys()].slice(share);
    await Promise.all(excess.map((slice) => this.#giveUp(slice)));
    for (const [slice, targets] of this.#targets) {
      if (this.#held.size >= share || this.#ending) return;
      if (!this.#held.has(slice)) await this.#take(slice, targets);
    }
  }

  /** Number of slices this worker may hold, so that all workers together hold every slice. */
  async #share(): Promise<number> {
    const workers = (await this.#bus.members.list()).filter(({ role }) => role === 'worker').length;
    return Math.ceil(this.#targets.size / Math.max(1, workers));
  }

  async #take(number: number, targets: readonly WebhookTarget[]): Promise<void> {
    const asked = performance.now();
    const lease = await this.#acquire(number);
    if (!lease) return;
    const slice = new TargetSlice(this.#parts, lease, targets, (lost) => this.#regain(number, lost));
    this.#held.set(number, { slice, validUntil: asked + leaseMs });
    await slice.load().catch(async (error: unknown) => {
      await this.#giveUp(number);
      throw error;
    });
  }

  async #renew(number: number, held: Held): Promise<void> {
    const asked = performance.now();
    const renewed = await this.#bus.leases.renew(held.slice.lease, leaseMs).catch(() => undefined);
    if (renewed || (renewed === false && (await this.#regain(number, held.slice)))) held.validUntil = asked + leaseMs;
    // While the store is unreachable the lease counts as held until it expires.
    else if (renewed === undefined && performance.now() > held.validUntil) await this.#forget(number);
  }

  /** Reacquires an expired lease. If another worker held it meanwhile, the slice is lost and the result is false. */
  async #regain(number: number, slice: TargetSlice): Promise<boolean> {
    if (this.#held.get(number)?.slice !== slice) return false;
    const lease = await this.#acquire(number);
    if (lease && lease.token - slice.lease.token <= 1 && lease.token >= slice.lease.token) {
      slice.lease = lease;
      return true;
    }
    // Not awaited, because `#forget` waits for the slice's work, and the caller may be part of that work.
    void this.#forget(number).then(() => (lease ? this.#bus.leases.release(lease).catch((error: unknown) => this.#caught(error)) : undefined));
    return false;
  }

  #acquire(number: number): Promise<Lease | null> {
    return this.#bus.leases.acquire(sliceLease(number), this.#parts.runtime.node, leaseMs);
  }

  async #giveUp(number: number): Promise<void> {
    const held = this.#held.get(number);
    if (!held) return;
    await this.#forget(number);
    await this.#bus.leases.release(held.slice.lease).catch((error: unknown) => this.#caught(error));
  }

  async #forget(number: number): Promise<void> {
    const held = this.#held.get(number);
    this.#held.delete(number);
    await held?.slice.end();
  }

  #caught(error: unknown): void {
    this.#parts.runtime.caught(failure.where, error, failure.message, { level: 'debug' });
  }
}
