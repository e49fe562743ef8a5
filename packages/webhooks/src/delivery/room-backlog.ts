// The pending events of one room of one target, in order, and the failed attempts of the next request. Events above the room's cap stay in the
// log and are read again when their turn comes.
import type { RoomPlace } from '../places.ts';
import { countTogether, deliveryOf, type EventDelivery } from './deliveries.ts';
import type { ReadEvent } from './log-window.ts';

/** Cap on events of a room kept in memory; the rest stays in the log. */
const mostReady = 100;
const mostCharacters = 262_144;

/** Number of characters of the pending events in memory, for all rooms of a target together. */
export interface Held {
  characters: number;
}

export class RoomBacklog {
  readonly room: string;
  readonly shard: number;
  /** Every event of the room up to this entry is processed. */
  after: string | undefined;
  /** The last log entry of the next request; undefined until the request is planned. */
  planned: string | undefined;
  /** True when `planned` is stored, so that the id of the next request no longer changes. */
  planIsStored = false;
  /** True when more events of the room are in the log, between the last one in memory (or `after`) and the front. */
  isBehind = false;
  /** Number of unprocessed events of the room in the log, up to the front of the shard. */
  count = 0;
  isSending = false;
  attempts = 0;
  refused = 0;
  since = 0;
  retryAt = 0;
  readonly ready: ReadEvent[] = [];
  characters = 0;

  readonly #held: Held;

  constructor(room: string, shard: number, after: string | undefined, held: Held) {
    this.#held = held;
    this.room = room;
    this.shard = shard;
    this.after = after;
  }

  static of(place: RoomPlace, shard: number, held: Held): RoomBacklog {
    const line = new RoomBacklog(place.room, shard, place.after, held);
    const { to, count, attempts, refused, since, retryAt } = place;
    Object.assign(line, { planned: to, planIsStored: to !== undefined, isBehind: true, count, attempts, refused, since, retryAt });
    return line;
  }

  get place(): RoomPlace {
    const { room, after, planned, count, attempts, refused, since, retryAt } = this;
    return { room, count, attempts, refused, since, retryAt, ...(after === undefined ? {} : { after }), ...(planned === undefined ? {} : { to: planned }) };
  }

  get isFull(): boolean {
    return this.ready.length >= mostReady || this.characters >= mostCharacters;
  }

  /** Adds the newest event of the room. It is not kept in memory when the memory cap is reached, or when earlier events are only in the log. */
  add(event: ReadEvent): void {
    this.count++;
    if (this.isBehind || this.isFull) this.isBehind = true;
    else this.hold(event);
  }

  hold(event: ReadEvent): void {
    this.ready.push(event);
    this.#grow(event.text.length);
  }

  /** Returns the next request, or null when no event is in memory. Every attempt of a request has the same events and the same id. */
  next(): EventDelivery | null {
    const [first] = this.ready;
    if (!first) return null;
    const { planned } = this;
    const kept = planned === undefined ? 0 : this.ready.findIndex(({ entry }) => entry === planned) + 1;
    const count = kept > 0 ? kept : countTogether(this.ready);
    if (kept === 0) this.planIsStored = false;
    const delivery = deliveryOf(this.ready, count);
    this.planned = delivery.to;
    this.after = first.before ?? this.after;
    return delivery;
  }

  /** Marks the request that `next` returned as processed. */
  pass({ count, to }: EventDelivery): void {
    for (const { text } of this.ready.splice(0, count)) this.#grow(-text.length);
    this.count = Math.max(0, this.count - count);
    this.after = to;
    this.planned = undefined;
    this.planIsStored = false;
    Object.assign(this, { attempts: 0, refused: 0, since: 0, retryAt: 0 });
  }

  /** Drops the events in memory; they remain in the log. */
  park(): void {
    if (this.ready.length > 0) this.isBehind = true;
    this.ready.length = 0;
    this.#grow(-this.characters);
  }

  #grow(characters: number): void {
    this.characters += characters;
    this.#held.characters += characters;
  }
}
