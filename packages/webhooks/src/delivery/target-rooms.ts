// The pending events of one target: its front in each shard (the last event of the shard's log that it has read), and the rooms with pending
// events in the order in which they may be tried. Rooms are independent: the front of a shard advances while one of its rooms waits.
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
  /** Rooms ready for an attempt, in the order in which they became ready. */
  readonly ready = new Set<RoomBacklog>();
  /** Rooms whose next attempt is not due. */
  readonly waiting = new Set<RoomBacklog>();
  readonly #held: Held = { characters: 0 };
  #rooms = 0;

  constructor(shards: number) {
    this.#shards = Array.from({ length: shards }, () => ({ entry: undefined, number: 0, dropped: 0, rooms: new Map() }));
  }

  /** Number of rooms with pending events. */
  get count(): number {
    return this.#rooms;
  }

  /** Number of characters of the pending events in memory. */
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

  /** The last entry of the shard's log that the target no longer needs; undefined when it needs the whole log. */
  lowest(shard: number): string | undefined {
    return lowestOf(this.#place(shard));
  }

  front(shard: number): Pick<ShardPlace, 'number'> & { readonly entry: string | undefined } {
    return this.#of(shard);
  }

  dropped(): number {
    return this.#shards.reduce((sum, { dropped }) => sum + dropped, 0);
  }

  /** Number of events missing between the front and the next event of the log, whose sequence number is `number`. */
  holeBefore(shard: number, number: number): number {
    const front = this.#of(shard);
    return front.number > 0 ? Math.max(0, number - front.number - 1) : 0;
  }

  lose(shard: number, count: number): void {
    this.#of(shard).dropped += count;
  }

  /** Moves the front past an event and adds it to its room's backlog when the target wants it. */
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

  /** Sets the sequence number of the front to the one before `number`. The caller counts the skipped events. */
  skipHole(shard: number, number: number): void {
    this.#of(shard).number = number - 1;
  }

  /** Moves the rooms whose next attempt is due from `waiting` to `ready`. */
  wake(now: number): void {
    for (const line of this.waiting) {
      if (line.retryAt > now) continue;
      this.waiting.delete(line);
      this.ready.add(line);
    }
  }

  /** Call after an attempt: the room becomes ready again, waits, or is removed when it has no pending events. */
  settle(line: RoomBacklog, now: number): void {
    line.isSending = false;
    if (line.ready.length === 0 && !line.isBehind) {
      this.#of(line.shard).rooms.delete(line.room);
      this.#rooms--;
    } else if (line.retryAt > now) this.waiting.add(line);
    else this.ready.add(line);
  }

  /** Removes the pending events of all rooms from memory, except those of rooms with a request in flight. The events remain in the log. */
  park(): void {
    for (const { rooms } of this.#shards) for (const line of rooms.values()) if (!line.isSending) line.park();
  }

  /** Call for a disabled target. Parks its events and sets their counts to 0, so that events dropped from the log later do not count as lost. */
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

  /** True when the entry is the front or before it. */
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
