// The ingress in memory: accepted publications that are not committed yet, per shard and lane, oldest first.
import { DanmuxError, type Lane, lanes } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import type { Ingress, Pending, Publication, PublishResult } from '../contract/ingress.ts';
import type { Subscription } from '../contract/subscription.ts';
import { dedupeMs, ingressCap } from '../engine/lane-settings.ts';
import { shardOf } from '../shard.ts';
import { Deliveries } from './deliveries.ts';
import { ExpiringMap } from './expiring-map.ts';
import type { MemoryLedger } from './ledger.ts';

export class MemoryIngress implements Ingress {
  readonly #runtime: Runtime;
  readonly #ledger: MemoryLedger;
  readonly #lanes = new Map<string, Map<number, Pending>>();
  /** Id and digest of the first publication, by room and dedupe key. */
  readonly #seen: ExpiringMap<string, Pick<Publication, 'id' | 'digest'>>;
  readonly #notifications: Deliveries<void>;
  #last = 0;

  constructor(runtime: Runtime, ledger: MemoryLedger) {
    this.#runtime = runtime;
    this.#ledger = ledger;
    this.#seen = new ExpiringMap(runtime.clock);
    this.#notifications = new Deliveries(runtime);
  }

  async publish(publications: readonly Publication[]): Promise<readonly (PublishResult | Error)[]> {
    return publications.map((publication) => this.#publishOne(publication));
  }

  async confirm(): Promise<void> {}

  async read(shard: number, lane: Lane, after: string | undefined, limit: number): Promise<readonly Pending[]> {
    const found: Pending[] = [];
    const from = after === undefined ? 0 : Number(after);
    for (const [entry, pending] of this.#entries(shard, lane)) {
      if (found.length >= limit) break;
      if (entry > from) found.push(pending);
    }
    return found;
  }

  async listen(shard: number, notify: () => void): Promise<Subscription> {
    return this.#notifications.open(String(shard), notify);
  }

  /** Removes committed entries; returns how many still existed. */
  remove(shard: number, lane: Lane, entries: readonly string[]): number {
    const kept = this.#entries(shard, lane);
    return entries.filter((entry) => kept.delete(Number(entry))).length;
  }

  sweep(): void {
    this.#seen.sweep();
  }

  clear(): void {
    this.#lanes.clear();
    this.#seen.clear();
  }

  #publishOne(publication: Publication): PublishResult | Error {
    const { room, lane, id, dedupeKey, digest } = publication;
    const { config } = this.#runtime;
    const seenKey = dedupeKey === undefined ? undefined : `${room} ${dedupeKey}`;
    const first = seenKey === undefined ? undefined : this.#seen.get(seenKey);
    if (first?.digest !== undefined && digest !== undefined && first.digest !== digest) return new DanmuxError('duplicate_id');
    if (first) return { id: first.id, duplicate: true };
    const shard = shardOf(room, config.shards);
    const dropped = this.#add(shard, publication, ingressCap(lane, config));
    if (dropped === null) return new DanmuxError('lane_full', { retryAfterMs: 1_000 });
    if (seenKey !== undefined) this.#seen.set(seenKey, { id, ...(digest === undefined ? {} : { digest }) }, dedupeMs(lane, config));
    this.#ledger.add({ accepted: { [lane]: 1 }, shed: { [lane]: { ingress_full: dropped } } });
    this.#notifications.publish(String(shard), undefined);
    return { id, duplicate: false };
  }

  /** Appends one publication; returns the number of old entries dropped to make room, or null when a full lane refuses it. */
  #add(shard: number, publication: Publication, cap: number): number | null {
    const entries = this.#entries(shard, publication.lane);
    if (entries.size >= cap && lanes[publication.lane].atCap === 'refuse') return null;
    const entry = ++this.#last;
    const { room, lane, id, body, trace, weight, combo, marks } = publication;
    entries.set(entry, {
      ...{ room, lane, id, body, trace, entry: String(entry) },
      ...(weight ? { weight } : {}),
      ...(combo === undefined ? {} : { combo }),
      ...(marks ? { marks } : {}),
    });
    let dropped = 0;
    for (const [oldest] of entries) {
      if (entries.size <= cap) break;
      entries.delete(oldest);
      dropped++;
    }
    return dropped;
  }

  #entries(shard: number, lane: Lane): Map<number, Pending> {
    const key = `${shard}:${lane}`;
    const entries = this.#lanes.get(key) ?? new Map<number, Pending>();
    this.#lanes.set(key, entries);
    return entries;
  }
}
