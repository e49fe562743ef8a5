// What waits to be sent to one room: publications per lane, in the order of acceptance, and the heads they will be numbered
// from. It takes within the room's budget and says what is shed; when to send is the pacer's business.
import type { Heads, Pending } from '@danmux/bus';
import { type Lane, laneNames, lanes } from '@danmux/protocol';
import { type Budget, unlimited } from './budget.ts';
import { Combos } from './combos.ts';
import { mergeCounters } from './merge-counters.ts';
import { selectByWeight } from './weight.ts';

/** Characters of one frame's messages: the outbox of a viewer must hold several frames. */
const frameCharacters = 262_144;
/** How often viewers are told what was shed, milliseconds. */
const tellEveryMs = 1_000;

export type Batch = Partial<Record<Lane, readonly Pending[]>>;

/** Publications that are not sent, and why. */
export interface Dropped {
  readonly lane: Lane;
  readonly reason: 'budget' | 'merged';
  readonly publications: readonly Pending[];
}

export interface Taken {
  readonly batch: Batch;
  readonly dropped: readonly Dropped[];
  /** What was shed since viewers were told last; absent while it is too early to tell again. */
  readonly shed?: Partial<Record<Lane, number>>;
}

/** The guaranteed lanes are sent apart from the others, so that what is urgent waits for nothing and overtakes nothing of its own. */
const urgentLanes: readonly Lane[] = laneNames.filter((lane) => lanes[lane].guaranteed);
const ordinaryLanes: readonly Lane[] = laneNames.filter((lane) => !lanes[lane].guaranteed);

export class RoomQueue {
  readonly room: string;
  readonly #budget: Budget;
  readonly #combos: Combos;
  readonly #lanes: Record<Lane, Pending[]> = { control: [], gift: [], chat: [], ambient: [] };
  /** Undefined until read from the store. */
  heads: Heads | undefined;
  /** When the last frame of control and gift left, and the last of the others, on the monotonic clock. */
  lastUrgent = Number.NEGATIVE_INFINITY;
  lastOrdinary = Number.NEGATIVE_INFINITY;
  /** Messages a second in the ordinary lanes, lately. */
  rate = 0;
  flushing = false;
  #untold = 0;
  #lastTold = Number.NEGATIVE_INFINITY;

  constructor(room: string, { budget = unlimited, comboWindowMs = 0 }: { budget?: Budget; comboWindowMs?: number } = {}) {
    this.room = room;
    this.#budget = budget;
    this.#combos = new Combos(comboWindowMs);
  }

  /** `now` is milliseconds on the monotonic clock, as everywhere here. */
  add(publication: Pending, now: number = performance.now()): void {
    if (!this.#combos.keep(publication, now)) this.#lanes[publication.lane].push(publication);
  }

  /** The next control and gift messages, at most `limit` in all and no more than a frame may hold. They leave the queue. */
  takeUrgent(limit: number, now: number): Taken {
    this.lastUrgent = now;
    const { ready, merged } = this.#combos.take(now);
    this.#lanes.gift.push(...ready);
    const dropped: Dropped[] = merged.length > 0 ? [{ lane: 'gift', reason: 'merged', publications: merged }] : [];
    return { batch: this.#take(urgentLanes, limit), dropped };
  }

  /** The same of chat and ambient, within the budget: what is over it is shed by weight, counters are merged. */
  takeOrdinary(limit: number, now: number): Taken {
    this.#measure(now);
    const dropped = [...this.#shedChat(now), ...this.#mergeAmbient()];
    const batch = this.#take(ordinaryLanes, limit);
    for (const { reason, publications } of dropped) if (reason === 'budget') this.#untold += publications.length;
    if (this.#untold === 0 || now - this.#lastTold < tellEveryMs) return { batch, dropped };
    const shed = { chat: this.#untold };
    this.#untold = 0;
    this.#lastTold = now;
    return { batch, dropped, shed };
  }

  #measure(now: number): void {
    const passed = now - this.lastOrdinary;
    const count = this.#lanes.chat.length + this.#lanes.ambient.length;
    // The first after quiet says nothing about the rate.
    this.rate = passed > 1_000 ? 0 : this.rate * 0.7 + (count / Math.max(1, passed)) * 1_000 * 0.3;
    this.lastOrdinary = now;
  }

  #shedChat(now: number): Dropped[] {
    const { chat } = this.#lanes;
    const allowed = this.#budget.takeUpTo(chat.length, now);
    if (allowed >= chat.length) return [];
    const { kept, shed } = selectByWeight(chat, allowed);
    this.#lanes.chat = kept;
    return [{ lane: 'chat', reason: 'budget', publications: shed }];
  }

  #mergeAmbient(): Dropped[] {
    const { kept, merged } = mergeCounters(this.#lanes.ambient);
    if (merged.length === 0) return [];
    this.#lanes.ambient = kept;
    return [{ lane: 'ambient', reason: 'merged', publications: merged }];
  }

  #take(from: readonly Lane[], limit: number): Batch {
    const batch: Batch = {};
    let left = limit;
    let room = frameCharacters;
    for (const lane of from) {
      const waiting = this.#lanes[lane];
      let count = 0;
      // The first goes whatever its size: it could never go otherwise.
      for (const { body } of waiting) {
        if (left === 0 || (body.length > room && left < limit)) break;
        room -= body.length;
        left--;
        count++;
      }
      if (count > 0) batch[lane] = waiting.splice(0, count);
      // What did not fit goes first next time; nothing lower overtakes it.
      if (waiting.length > 0) break;
    }
    return batch;
  }

  get empty(): boolean {
    return !this.urgent && !this.ordinary && this.#untold === 0 && this.combosAt === Number.POSITIVE_INFINITY;
  }

  /** True when something waits that must not wait for the ordinary tick. */
  get urgent(): boolean {
    return this.#lanes.control.length > 0 || this.#lanes.gift.length > 0;
  }

  /** When gifts of a combo that wait for others may go. */
  get combosAt(): number {
    return this.#combos.nextAt;
  }

  get ordinary(): boolean {
    return this.#lanes.chat.length > 0 || this.#lanes.ambient.length > 0;
  }

  /** When viewers are to be told what was shed, though nothing else is sent; never while nothing was. */
  get tellAt(): number {
    return this.#untold === 0 ? Number.POSITIVE_INFINITY : this.#lastTold + tellEveryMs;
  }
}
