// Streams in memory: commits, which change several nouns, and reads of stored messages. A commit contains no `await`, so it is atomic.
import type { BulkRecall, StreamLane } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import type { Commit, CommitResult, Heads, HeadsClaim, Page, Recalled, Streams } from '../contract/streams.ts';
import { shardLease, shardOf } from '../shard.ts';
import type { MemoryEventLog } from './events.ts';
import type { MemoryFrames } from './frames.ts';
import type { MemoryIngress } from './ingress.ts';
import type { MemoryLeases } from './leases.ts';
import type { MemoryLedger } from './ledger.ts';
import type { StoredStreams } from './stored-streams.ts';

/** The nouns that a commit changes, and the leases that it checks. */
export interface CommitParts {
  readonly stored: StoredStreams;
  readonly leases: MemoryLeases;
  readonly ingress: MemoryIngress;
  readonly ledger: MemoryLedger;
  readonly events: MemoryEventLog;
  readonly frames: MemoryFrames;
}

export class MemoryStreams implements Streams {
  readonly #shards: number;
  readonly #parts: CommitParts;

  constructor({ config }: Runtime, parts: CommitParts) {
    this.#shards = config.shards;
    this.#parts = parts;
  }

  async commit({ room, lease, expected, messages, entries, frame, counts, events = [] }: Commit): Promise<CommitResult> {
    const { stored, leases, ingress, ledger, events: log, frames } = this.#parts;
    const shard = shardOf(room, this.#shards);
    if (lease.name !== shardLease(shard) || !leases.holds(lease)) return { ok: false, reason: 'fenced' };
    if (!stored.matches(room, expected)) return { ok: false, reason: 'moved' };
    stored.append(room, messages);
    for (const [lane, ids] of Object.entries(entries) as [keyof typeof entries, readonly string[]][]) {
      const removed = ingress.remove(shard, lane, ids);
      // An entry that is already missing was dropped at the cap after the relay had read it, and was then counted as shed. This commit counts its
      // message again, as sequenced or shed, so the earlier count is subtracted.
      ledger.add({ shed: { [lane]: { ingress_full: removed - ids.length } } });
    }
    ledger.add(counts);
    log.append(room, events);
    if (frame) frames.publish(room, frame);
    return { ok: true };
  }

  async heads(room: string, claim?: HeadsClaim): Promise<Heads> {
    return this.#parts.stored.heads(room, claim);
  }

  async since(room: string, lane: StreamLane, after: number, upTo: number, limit: number): Promise<readonly string[]> {
    return this.#parts.stored.since(room, lane, after, upTo, limit);
  }

  async history(room: string, lane: StreamLane, before: number | undefined, limit: number): Promise<Page> {
    return this.#parts.stored.history(room, lane, before, limit);
  }

  async recall(room: string, id: string): Promise<{ found: boolean }> {
    return { found: this.#parts.stored.recall(room, id) };
  }

  async recallAll(room: string, recall: BulkRecall): Promise<{ count: number }> {
    return { count: this.#parts.stored.recallAll(room, recall) };
  }

  async recalled(room: string): Promise<Recalled> {
    return this.#parts.stored.recalled(room);
  }

  async rooms(): Promise<readonly string[]> {
    return this.#parts.stored.rooms();
  }
}
