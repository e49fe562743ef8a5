// The streams of every room: heads and the last messages of each lane. A lane's history ends some time after its last message,
// the heads of a room when nobody asked for so long.
import { lanes, type StreamLane, streamLanes } from '@danmux/protocol';
import { type Clock, newId } from '@danmux/runtime';
import type { Heads, Page } from '../bus.ts';
import { headsTtlMs } from '../lane-settings.ts';
import { ExpiringMap } from './expiring-map.ts';

interface StoredMessage {
  readonly offset: number;
  readonly text: string;
}

export class Streams {
  readonly #clock: Clock;
  readonly #heads: ExpiringMap<string, Heads>;
  readonly #messages: ExpiringMap<string, StoredMessage[]>;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#heads = new ExpiringMap(clock);
    this.#messages = new ExpiringMap(clock);
  }

  heads(room: string): Heads {
    const known = this.#heads.get(room);
    if (known) return known;
    const heads: Heads = { epoch: newId(this.#clock.now()), offsets: { control: 0, gift: 0, chat: 0 } };
    this.#heads.set(room, heads, headsTtlMs);
    return heads;
  }

  /** Without making any. */
  known(room: string): Heads | null {
    return this.#heads.get(room) ?? null;
  }

  /** True when the room's heads are these. */
  matches(room: string, expected: Heads): boolean {
    const known = this.#heads.get(room);
    return known?.epoch === expected.epoch && streamLanes.every((lane) => known.offsets[lane] === expected.offsets[lane]);
  }

  append(room: string, messages: Partial<Record<StreamLane, readonly string[]>>): void {
    const heads = this.heads(room);
    const offsets = { ...heads.offsets };
    for (const lane of streamLanes) {
      const { size, ttlS } = lanes[lane].history;
      const added = (messages[lane] ?? []).map((text) => ({ text, offset: ++offsets[lane] }));
      if (added.length === 0) continue;
      this.#messages.set(`${room} ${lane}`, [...this.#lane(room, lane), ...added].slice(-size), ttlS * 1_000);
    }
    this.#heads.set(room, { epoch: heads.epoch, offsets }, headsTtlMs);
  }

  keep(room: string): void {
    this.#heads.touch(room, headsTtlMs);
  }

  since(room: string, lane: StreamLane, after: number, upTo: number, limit: number): string[] {
    return this.#lane(room, lane)
      .filter(({ offset }) => offset > after && offset <= upTo)
      .slice(0, limit)
      .map(({ text }) => text);
  }

  history(room: string, lane: StreamLane, before: number | undefined, limit: number): Page {
    const older = this.#lane(room, lane).filter(({ offset }) => before === undefined || offset < before);
    return { msgs: older.slice(Math.max(0, older.length - limit)).map(({ text }) => text), more: older.length > limit };
  }

  sweep(): void {
    this.#heads.sweep();
    this.#messages.sweep();
  }

  clear(): void {
    this.#heads.clear();
    this.#messages.clear();
  }

  #lane(room: string, lane: StreamLane): readonly StoredMessage[] {
    return this.#messages.get(`${room} ${lane}`) ?? [];
  }
}
