// What waits to be sent to one room: publications per lane, in the order of acceptance, and the heads they will be numbered
// from. It takes within the room's budget and says what is shed; when to send is the pacer's business.
import type { Heads, Pending } from '@danmux/bus';
import { type Lane, laneNames, lanes } from '@danmux/protocol';
import { BoundedMap, type Clock, systemClock } from '@danmux/runtime';
import { type Budget, unlimited } from './budget.ts';
import { selectByWeight } from './chat-weight.ts';
import { Combos, joined, type Waiting } from './combos.ts';
import { type MessageTypes, mergeCounters } from './merge-counters.ts';

/** Characters of one frame's messages: the outbox of a viewer must hold several frames. */
const frameCharacters = 262_144;
/** Recalled ids remembered per room; past it the oldest is forgotten. */
const recalledKept = 10_000;
/** How often viewers are told what was shed, milliseconds. */
const tellEveryMs = 1_000;

export type Batch = Partial<Record<Lane, readonly Waiting[]>>;

/** Publications that are not sent, and why. */
export interface Dropped {
  readonly lane: Lane;
  readonly reason: 'budget' | 'merged' | 'recalled' | 'expired';
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

export interface QueueOptions {
  readonly budget?: Budget;
  readonly comboWindowMs?: number;
  /** False in rooms of users, where no two messages are for the same viewers. */
  readonly merges?: boolean;
  /** The table messages.types; the built-in one when absent. */
  readonly types?: MessageTypes;
  /** Tells when messages expire. */
  readonly clock?: Clock;
  /** What the queue before this one of the room left. */
  readonly untold?: Untold;
}

/** Messages that were shed of which viewers were not told, and when they were told last, on the monotonic clock. */
export interface Untold {
  readonly count: number;
  readonly lastTold: number;
}

export class RoomQueue {
  readonly room: string;
  #budget: Budget;
  /** The room's own `chat_per_second`; undefined when it has none. */
  #chatPerSecond: number | undefined;
  readonly #merges: boolean;
  readonly #types: MessageTypes | undefined;
  readonly #clock: Clock;
  readonly #recalled = new BoundedMap<string, true>(recalledKept);
  readonly #combos: Combos;
  readonly #lanes: Record<Lane, Waiting[]> = { control: [], gift: [], chat: [], ambient: [] };
  #heads: Heads | undefined;
  /** When the last frame of control and gift left, and the last of the others, on the monotonic clock. */
  lastUrgent = Number.NEGATIVE_INFINITY;
  lastOrdinary = Number.NEGATIVE_INFINITY;
  /** Messages a second in the ordinary lanes, lately. */
  rate = 0;
  #flushing = false;
  #untold = 0;
  #lastTold = Number.NEGATIVE_INFINITY;
  /** What was untold when the take under way began: it is not told until that is committed. */
  #before: Untold | undefined;

  constructor(room: string, { budget = unlimited, comboWindowMs = 0, merges = true, types, clock = systemClock, untold }: QueueOptions = {}) {
    this.room = room;
    this.#budget = budget;
    this.#merges = merges;
    this.#types = types;
    this.#combos = new Combos(merges ? comboWindowMs : 0);
    this.#clock = clock;
    if (untold) [this.#untold, this.#lastTold] = [untold.count, untold.lastTold];
  }

  /** `now` is milliseconds on the monotonic clock, as everywhere here. */
  add(publication: Pending, now: number = performance.now()): void {
    if (publication.marks?.recalls !== undefined) this.recall([publication.marks.recalls]);
    if (!this.#combos.keep(publication, now)) this.#lanes[publication.lane].push(publication);
  }

  /** Messages of these ids are not sent any more. */
  recall(ids: readonly string[]): void {
    for (const id of ids) this.#recalled.set(id, true);
  }

  /** Heads the next frame is numbered from; undefined until read from the store. */
  get heads(): Heads | undefined {
    return this.#heads;
  }

  /** Heads as read from the store. */
  numberFrom(heads: Heads): void {
    this.#heads = heads;
  }

  /** The heads are read again before the next frame. */
  forgetHeads(): void {
    this.#heads = undefined;
  }

  /** The room's own chat rate changed; an unchanged rate keeps the budget and what it saved up. */
  limitChat(perSecond: number | undefined, budget: () => Budget): void {
    if (this.#chatPerSecond === perSecond) return;
    this.#chatPerSecond = perSecond;
    this.#budget = budget();
  }

  get flushing(): boolean {
    return this.#flushing;
  }

  /** False while a flush is under way: a room has one commit at a time. */
  beginFlush(): boolean {
    if (this.#flushing) return false;
    this.#flushing = true;
    return true;
  }

  endFlush(): void {
    this.#flushing = false;
  }

  /** The last take was committed; `heads` are those after it, undefined when they must be read again. */
  committed(heads: Heads | undefined): void {
    this.#heads = heads;
    this.#before = undefined;
  }

  /** What the commits so far leave to tell; undefined when nothing. */
  get untold(): Untold | undefined {
    const untold = this.#before ?? { count: this.#untold, lastTold: this.#lastTold };
    return untold.count > 0 ? untold : undefined;
  }

  /** The next control and gift messages, at most `limit` in all and no more than a frame may hold. They leave the queue. */
  takeUrgent(limit: number, now: number): Taken {
    this.lastUrgent = now;
    const dropped = this.#dropGone(urgentLanes);
    this.#lanes.gift.push(...this.#combos.take(now));
    const batch = this.#take(urgentLanes, limit);
    // Those that go as parts of another leave the ingress with it, not before.
    const merged = batch.gift?.flatMap(({ gifts = [] }) => gifts.slice(0, -1)) ?? [];
    if (merged.length > 0) dropped.push({ lane: 'gift', reason: 'merged', publications: merged });
    return { batch, dropped };
  }

  /** The same of chat and ambient, within the budget: what is over it is shed by weight, counters are merged. */
  takeOrdinary(limit: number, now: number): Taken {
    this.#measure(now);
    this.#before = { count: this.#untold, lastTold: this.#lastTold };
    const dropped = [...this.#dropGone(ordinaryLanes), ...this.#shedChat(now), ...this.#mergeAmbient()];
    const batch = this.#take(ordinaryLanes, limit);
    for (const { lane, reason, publications } of dropped) if (lane === 'chat' && reason === 'budget') this.#untold += publications.length;
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

  /** Takes out what was recalled or has expired, whatever lane it is of. */
  #dropGone(from: readonly Lane[]): Dropped[] {
    const now = this.#clock.now();
    const reasonOf = ({ id, marks }: Pending): 'recalled' | 'expired' | undefined => {
      // A recall always goes: viewers may have what it takes back.
      if (marks?.recalls !== undefined) return undefined;
      if (this.#recalled.has(id)) return 'recalled';
      return marks?.expires_at !== undefined && marks.expires_at <= now ? 'expired' : undefined;
    };
    const dropped: Dropped[] = [];
    for (const lane of from) {
      const gone = this.#lanes[lane].flatMap((publication) => giftsOf(publication).filter(reasonOf));
      if (gone.length > 0) this.#lanes[lane] = this.#lanes[lane].flatMap((publication) => without(publication, gone));
      if (lane === 'gift') gone.push(...this.#combos.remove((publication) => reasonOf(publication) !== undefined));
      for (const reason of ['recalled', 'expired'] as const) {
        const publications = gone.filter((publication) => reasonOf(publication) === reason);
        if (publications.length > 0) dropped.push({ lane, reason, publications });
      }
    }
    return dropped;
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
    if (!this.#merges) return [];
    const { ambient } = this.#lanes;
    const { kept, merged, shed } = mergeCounters(
      ambient.filter(({ marks }) => !marks),
      this.#types,
    );
    if (merged.length + shed.length === 0) return [];
    this.#lanes.ambient = [...ambient.filter(({ marks }) => marks), ...kept];
    const dropped: Dropped[] = [
      { lane: 'ambient', reason: 'merged', publications: merged },
      { lane: 'ambient', reason: 'budget', publications: shed },
    ];
    return dropped.filter(({ publications }) => publications.length > 0);
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

  /** True when publications of a guaranteed lane wait, which do not wait for the ordinary tick. */
  get urgent(): boolean {
    return urgentLanes.some((lane) => this.#lanes[lane].length > 0);
  }

  /** When gifts of a combo that wait for others may go. */
  get combosAt(): number {
    return this.#combos.nextAt;
  }

  get ordinary(): boolean {
    return ordinaryLanes.some((lane) => this.#lanes[lane].length > 0);
  }

  /** When viewers are to be told what was shed, though nothing else is sent; never while nothing was. */
  get tellAt(): number {
    return this.#untold === 0 ? Number.POSITIVE_INFINITY : this.#lastTold + tellEveryMs;
  }
}

function giftsOf(publication: Waiting): readonly Pending[] {
  return publication.gifts ?? [publication];
}

function without(publication: Waiting, gone: readonly Pending[]): Waiting[] {
  const gifts = giftsOf(publication);
  const left = gifts.filter((gift) => !gone.includes(gift));
  if (left.length === gifts.length) return [publication];
  return left.length === 0 ? [] : [joined(left)];
}
