// The streams of all rooms in memory: heads and the newest messages of each lane. The history of a lane expires one TTL after
// its last message; the heads of a room expire `headsTtlMs` after the last commit, presence report or new epoch.
import { type BulkRecall, isCovered, lanes, type Msg, recallLanes, type StreamLane, streamLanes, zeroOffsets } from '@danmux/protocol';
import { type Clock, newId, type Runtime } from '@danmux/runtime';
import type { Heads, HeadsClaim, Page, Recalled } from '../contract/streams.ts';
import { type EpochReason, epochBegun } from '../engine/epoch-begun.ts';
import { headsTtlMs, historySize, recallTtlMs } from '../engine/lane-settings.ts';
import { forkOf } from '../lineage.ts';
import { givenText, hasParts, partsOf } from '../message/combo-parts.ts';
import { isMessage, tombstone } from '../message-text.ts';
import { isUserRoom } from '../user-room.ts';
import { ExpiringMap } from './expiring-map.ts';

interface StoredMessage {
  readonly offset: number;
  text: string;
  /** True when the message is recalled: its text is a tombstone. */
  buried?: true;
  /** Ids of recalled combo parts, which readers do not get. */
  recalledParts?: Set<string>;
}

export class StoredStreams {
  readonly #clock: Clock;
  readonly #runtime: Runtime;
  readonly #heads: ExpiringMap<string, Heads>;
  readonly #messages: ExpiringMap<string, StoredMessage[]>;
  /** Recalled message ids per room. */
  readonly #recalled = new Map<string, ExpiringMap<string, true>>();
  /** Bulk recalls per room, by their scope as JSON. */
  readonly #bulk = new Map<string, ExpiringMap<string, Recalled['bulk'][number]>>();

  constructor(runtime: Runtime) {
    const { clock } = runtime;
    this.#runtime = runtime;
    this.#clock = clock;
    this.#heads = new ExpiringMap(clock);
    this.#messages = new ExpiringMap(clock);
  }

  heads(room: string, claim?: HeadsClaim): Heads {
    const stored = this.#heads.get(room);
    const reason = claim && reasonToFork(stored, claim);
    if (stored && !reason) return stored;
    const epoch = newId(this.#clock.now());
    const heads: Heads = stored ? { epoch, offsets: stored.offsets, forks: forkOf(stored) } : { epoch, offsets: zeroOffsets() };
    this.#heads.set(room, heads, headsTtlMs);
    if (reason) epochBegun(this.#runtime, room, reason);
    return heads;
  }

  /** Sets a room back to older heads and drops later messages; for tests. */
  goBack(room: string, heads: Heads): void {
    this.#heads.set(room, heads, headsTtlMs);
    for (const lane of streamLanes) {
      const kept = this.#lane(room, lane).filter(({ offset }) => offset <= heads.offsets[lane]);
      this.#messages.set(`${room} ${lane}`, kept, lanes[lane].history.ttlS * 1_000);
    }
  }

  /** The heads of a room, or null when it has none. Does not begin an epoch. */
  known(room: string): Heads | null {
    return this.#heads.get(room) ?? null;
  }

  /** True when the stored heads equal `expected`. */
  matches(room: string, expected: Heads): boolean {
    const known = this.#heads.get(room);
    return known?.epoch === expected.epoch && streamLanes.every((lane) => known.offsets[lane] === expected.offsets[lane]);
  }

  append(room: string, messages: Partial<Record<StreamLane, readonly string[]>>): void {
    const heads = this.heads(room);
    const offsets = { ...heads.offsets };
    for (const lane of streamLanes) {
      const size = historySize(room, lane);
      const added = (messages[lane] ?? []).map((text) => ({ text, offset: ++offsets[lane] }));
      if (added.length === 0) continue;
      this.#messages.set(`${room} ${lane}`, [...this.#lane(room, lane), ...added].slice(-size), lanes[lane].history.ttlS * 1_000);
    }
    this.#heads.set(room, { ...heads, offsets }, headsTtlMs);
  }

  keep(room: string): void {
    this.#heads.touch(room, headsTtlMs);
  }

  since(room: string, lane: StreamLane, after: number, upTo: number, limit: number): string[] {
    return this.#lane(room, lane)
      .filter(({ offset }) => offset > after && offset <= upTo)
      .slice(0, limit)
      .map((message) => given(lane, message));
  }

  history(room: string, lane: StreamLane, before: number | undefined, limit: number): Page {
    const older = this.#lane(room, lane).filter(({ offset }) => before === undefined || offset < before);
    return { msgs: older.slice(Math.max(0, older.length - limit)).map((message) => given(lane, message)), more: older.length > limit };
  }

  /** Records the id as recalled and replaces the message by a tombstone. Returns true when history has the message or its tombstone. */
  recall(room: string, id: string): boolean {
    const recalled = this.#recalled.get(room) ?? new ExpiringMap(this.#clock);
    this.#recalled.set(room, recalled);
    recalled.set(id, true, recallTtlMs);
    return this.#bury(room, id);
  }

  /** Records a bulk recall and replaces the messages that it covers; returns their number. */
  recallAll(room: string, recall: BulkRecall): number {
    const { scope, ts } = recall;
    const bulk = this.#bulk.get(room) ?? new ExpiringMap(this.#clock);
    this.#bulk.set(room, bulk);
    const key = JSON.stringify(scope);
    bulk.set(key, { scope, at: Math.max(ts, bulk.get(key)?.at ?? 0) }, recallTtlMs);
    let count = 0;
    for (const lane of recallLanes(scope)) {
      for (const message of this.#lane(room, lane)) {
        if (message.buried) continue;
        const msg = JSON.parse(message.text) as Msg;
        if (!isCovered(recall, msg)) continue;
        this.#replace(message, lane, msg.id);
        count++;
      }
    }
    return count;
  }

  recalled(room: string): Recalled {
    return {
      ids: (this.#recalled.get(room)?.entries() ?? []).map(([id]) => id),
      bulk: (this.#bulk.get(room)?.entries() ?? []).map(([, recall]) => recall),
    };
  }

  rooms(): string[] {
    const names = this.#messages.entries().flatMap(([key, messages]) => (messages.length > 0 ? [key.slice(0, key.lastIndexOf(' '))] : []));
    return [...new Set(names)].filter((room) => !isUserRoom(room));
  }

  #bury(room: string, id: string): boolean {
    for (const lane of streamLanes) {
      for (const message of this.#lane(room, lane)) {
        if (hasParts(message.text) && partsOf(message.text).some((part) => part.id === id)) {
          message.recalledParts = new Set(message.recalledParts).add(id);
          return true;
        }
        if (!isMessage(message.text, lane, message.offset, id)) continue;
        if (!message.buried) this.#replace(message, lane, id);
        return true;
      }
    }
    return false;
  }

  #replace(message: StoredMessage, lane: StreamLane, id: string): void {
    message.text = tombstone(lane, message.offset, id, this.#clock.now());
    message.buried = true;
  }

  sweep(): void {
    this.#heads.sweep();
    this.#messages.sweep();
    for (const rooms of [this.#recalled, this.#bulk]) {
      for (const [room, recalls] of rooms) {
        recalls.sweep();
        if (recalls.entries().length === 0) rooms.delete(room);
      }
    }
  }

  clear(): void {
    this.#recalled.clear();
    this.#bulk.clear();
    this.#heads.clear();
    this.#messages.clear();
  }

  #lane(room: string, lane: StreamLane): readonly StoredMessage[] {
    return this.#messages.get(`${room} ${lane}`) ?? [];
  }
}

function given(lane: StreamLane, message: StoredMessage): string {
  return message.recalledParts ? givenText(lane, message, message.recalledParts) : message.text;
}

/** Reason for a new epoch, or undefined. Never `unproven`: the memory engine's data does not survive a restart, so there is nothing to prove. */
function reasonToFork(stored: Heads | undefined, { known, ended = [] }: HeadsClaim): EpochReason | undefined {
  if (!stored) return known || ended.length > 0 ? 'lost' : undefined;
  if (ended.includes(stored.epoch)) return 'returned';
  const behind = known?.epoch === stored.epoch && streamLanes.some((lane) => stored.offsets[lane] < known.offsets[lane]);
  return behind ? 'went_back' : undefined;
}
