// All that waits for one target: how far it has come in each shard, and the rooms that have something, as they may be tried. Rooms are
// independent of each other: the front of a shard moves on while one of its rooms waits.
import { compareEntries } from '@danmux/bus';
import { decodePlace, encodePlace, type ShardPlace } from '../places.ts';
import { lowestOf } from '../target-progress.ts';
import type { ReadEvent } from './log-window.ts';
import { type Held, RoomBacklog } from './room-backlog.ts';

interface Shard {
  entry: string | undefined;
  number: number;
  dropped: number;
  readonly rooms: Map<string, RoomBacklog>;
}

export class TargetRooms {
  readonly #shards: Shard[];
  /** Rooms that may be tried, in the order they became so. */
  readonly ready = new Set<RoomBacklog>();
  /** Rooms whose next try is not due. */
  readonly waiting = new Set<RoomBacklog>();
  readonly #held: Held = { characters: 0 };
  #rooms = 0;

  constructor(shards: number) {
    this.#shards = Array.from({ length: shards }, () => ({ entry: undefined, number: 0, dropped: 0, rooms: new Map() }));
  }

  /** Rooms that have something. */
  get count(): number {
    return this.#rooms;
  }

  /** Held ready. */
  get characters(): number {
    return this.#held.characters;
  }

  load(shard: number, text: string | undefined): void {
    const { entry, number, dropped, rooms } = decodePlace(text);
    const lines = rooms.map((place) => RoomBacklog.of(place, shard, this.#held));
    this.#shards[shard] = { entry, number, dropped, rooms: new Map(lines.map((line) => [line.room, line])) };
    this.#rooms += lines.length;
    for (const line of lines) this.waiting.add(line);
  }

  textOf(shard: number): string {
    return encodePlace(this.#place(shard));
  }

  /** What the target still needs of the shard's log is behind this entry; undefined: all. */
  lowest(shard: number): string | undefined {
    return lowestOf(this.#place(shard));
  }

  front(shard: number): Pick<ShardPlace, 'number'> & { readonly entry: string | undefined } {
    return this.#of(shard);
  }

  dropped(): number {
    return this.#shards.reduce((sum, { dropped }) => sum + dropped, 0);
  }

  /** How many events the log lost before this one, which is the next behind the front. */
  holeBefore(shard: number, number: number): number {
    const front = this.#of(shard);
    return front.number > 0 ? Math.max(0, number - front.number - 1) : 0;
  }

  lose(shard: number, count: number): void {
    this.#of(shard).dropped += count;
  }

  /** Moves the front past an event, which waits for its room when it is wanted. */
  take(shard: number, event: ReadEvent, isWanted: boolean): void {
    const front = this.#of(shard);
    if (isWanted) {
      const line = front.rooms.get(event.room) ?? this.#open(shard, event.room);
      line.add(event);
      if (!line.isSending && !this.waiting.has(line)) this.ready.add(line);
    }
    front.entry = event.entry;
    front.number = event.number;
  }

  /** The front stands before the first event the log has: all before it is given up without being counted. */
  skipHole(shard: number, number: number): void {
    this.#of(shard).number = number - 1;
  }

  /** Rooms whose time has come may be tried. */
  wake(now: number): void {
    for (const line of this.waiting) {
      if (line.retryAt > now) continue;
      this.waiting.delete(line);
      this.ready.add(line);
    }
  }

  /** After a try: it is ready again, waits, or has nothing any more. */
  settle(line: RoomBacklog, now: number): void {
    line.isSending = false;
    if (line.ready.length === 0 && !line.isBehind) {
      this.#of(line.shard).rooms.delete(line.room);
      this.#rooms--;
    } else if (line.retryAt > now) this.waiting.add(line);
    else this.ready.add(line);
  }

  /** Everything that is not being sent leaves memory; the log has it. */
  park(): void {
    for (const { rooms } of this.#shards) for (const line of rooms.values()) if (!line.isSending) line.park();
  }

  /** For a target that wants none any more: what the log loses of its rooms is no loss. */
  giveUpCounting(): void {
    this.park();
    for (const line of this.rooms()) line.count = 0;
  }

  hasten(): void {
    for (const line of this.waiting) line.retryAt = 0;
  }

  *rooms(): Iterable<RoomBacklog> {
    for (const { rooms } of this.#shards) yield* rooms.values();
  }

  /** True while the entry is behind the front. */
  isBeforeFront(shard: number, entry: string): boolean {
    const { entry: front } = this.#of(shard);
    return front !== undefined && compareEntries(entry, front) <= 0;
  }

  #open(shard: number, room: string): RoomBacklog {
    const front = this.#of(shard);
    const line = new RoomBacklog(room, shard, front.entry, this.#held);
    front.rooms.set(room, line);
    this.#rooms++;
    return line;
  }

  #place(shard: number): ShardPlace {
    const { entry, number, dropped, rooms } = this.#of(shard);
    return { number, dropped, rooms: [...rooms.values()].map(({ place }) => place), ...(entry === undefined ? {} : { entry }) };
  }

  #of(shard: number): Shard {
    const found = this.#shards[shard];
    if (!found) throw new RangeError(`there is no shard ${shard}`);
    return found;
  }
}
