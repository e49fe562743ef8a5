// What waits for one room of one target, in order, and how its next event has fared. Events it cannot hold stay in the log and are
// read again when their turn comes.
import type { RoomPlace } from '../places.ts';
import { countTogether, deliveryOf, type EventDelivery } from './deliveries.ts';
import type { ReadEvent } from './log-window.ts';

/** Events a room holds ready; the rest waits in the log. */
const mostReady = 100;
const mostCharacters = 262_144;

/** What all rooms of a target hold ready, together. */
export interface Held {
  characters: number;
}

export class RoomBacklog {
  readonly room: string;
  readonly shard: number;
  /** All of the room up to this entry is done with, or is no event of it. */
  after: string | undefined;
  /** The last entry of the event that is sent next, once it is fixed. */
  planned: string | undefined;
  /** The plan is in the store: the id of what is sent stays what it is. */
  planIsStored = false;
  /** More events of the room are in the log, between `after` or what is ready and the front. */
  isBehind = false;
  /** Logged events that are not done with, up to the front. */
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

  /** Of an event that came to the front. */
  add(event: ReadEvent): void {
    this.count++;
    if (this.isBehind || this.isFull) this.isBehind = true;
    else this.hold(event);
  }

  hold(event: ReadEvent): void {
    this.ready.push(event);
    this.#grow(event.text.length);
  }

  /** What is sent next: the same events under the same id at every try. Null when nothing is ready. */
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

  /** What `next` returned is done with. */
  pass({ count, to }: EventDelivery): void {
    for (const { text } of this.ready.splice(0, count)) this.#grow(-text.length);
    this.count = Math.max(0, this.count - count);
    this.after = to;
    this.planned = undefined;
    this.planIsStored = false;
    Object.assign(this, { attempts: 0, refused: 0, since: 0, retryAt: 0 });
  }

  /** Lets go of what it holds; the log has it. */
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
