// The queue of one room: waiting publications per lane, in the order of acceptance, and the heads from which the next ones are numbered.
// It applies the room's budget and reports what it shed. The pacer decides when to send.
import type { Heads, Pending, Recalled } from '@danmux/bus';
import { byLane, type Lane, laneNames, lanes } from '@danmux/protocol';
import { type Clock, systemClock } from '@danmux/runtime';
import { type Budget, unlimited } from './budget.ts';
import { selectByWeight } from './chat-weight.ts';
import { Combos, joined, type Waiting } from './combos.ts';
import { LateMessages } from './late-messages.ts';
import { type MessageTypes, mergeCounters } from './merge-counters.ts';
import { isRecall, QueueRecalls } from './queue-recalls.ts';

/** Maximum number of characters per frame: several frames must fit into the outbox of a viewer. */
const frameCharacters = 262_144;
/** Minimum time between two `gap` reports of shed chat, in milliseconds. */
const reportEveryMs = 1_000;

export type Batch = Partial<Record<Lane, readonly Waiting[]>>;

/** Publications that are not sent, with the reason. */
export interface Dropped {
  readonly lane: Lane;
  readonly reason: 'budget' | 'merged' | 'recalled' | 'expired';
  readonly publications: readonly Pending[];
}

export interface Taken {
  readonly batch: Batch;
  readonly dropped: readonly Dropped[];
  /** Numbers of messages shed since the last report to viewers; absent while the next report is not due. */
  readonly shed?: Partial<Record<Lane, number>>;
}

/** The guaranteed lanes (control and gift) are sent in separate frames, so that they never wait for the other lanes. */
const urgentLanes: readonly Lane[] = laneNames.filter((lane) => lanes[lane].guaranteed);
const ordinaryLanes: readonly Lane[] = laneNames.filter((lane) => !lanes[lane].guaranteed);
const comboLanes: readonly Lane[] = urgentLanes.filter((lane) => lanes[lane].merges === 'combos');

export interface QueueOptions {
  readonly budget?: Budget;
  readonly comboWindowMs?: number;
  /** False in user rooms, whose messages have different recipients. */
  readonly merges?: boolean;
  /** The table `messages.types`; by default the built-in one. */
  readonly types?: MessageTypes;
  /** The clock for the expiry of messages. */
  readonly clock?: Clock;
  /** Number of unreported shed messages that the room's previous queue left behind. */
  readonly unreported?: Unreported;
  /** No frame before this time on the monotonic clock, because the room's last commit failed. */
  readonly notBefore?: number;
}

/** Number of shed messages not yet reported to viewers, and the time of the last report on the monotonic clock. */
export interface Unreported {
  readonly count: number;
  readonly lastReport: number;
}

export class RoomQueue {
  readonly room: string;
  readonly notBefore: number;
  readonly late = new LateMessages();
  #budget: Budget;
  /** The room's override of `chat_per_second`; undefined without one. */
  #chatPerSecond: number | undefined;
  readonly #merges: boolean;
  readonly #types: MessageTypes | undefined;
  readonly #clock: Clock;
  readonly #recalls = new QueueRecalls();
  readonly #combos: Combos;
  readonly #lanes = byLane((): Waiting[] => []);
  #heads: Heads | undefined;
  /** Times of the last frame of control and gift, and of the last frame of the other lanes, on the monotonic clock. */
  lastUrgent = Number.NEGATIVE_INFINITY;
  lastOrdinary = Number.NEGATIVE_INFINITY;
  /** Recent messages/s in the lanes other than control and gift. */
  rate = 0;
  #flushing = false;
  #unreported = 0;
  #lastReport = Number.NEGATIVE_INFINITY;
  /** The unreported count before the current frame was taken. If the commit of the frame fails, the next queue of the room starts with this count. */
  #before: Unreported | undefined;

  constructor(room: string, options: QueueOptions = {}) {
    const { budget = unlimited, comboWindowMs = 0, merges = true, types, clock = systemClock, unreported, notBefore = 0 } = options;
    this.room = room;
    this.notBefore = notBefore;
    this.#budget = budget;
    this.#merges = merges;
    this.#types = types;
    this.#combos = new Combos(merges ? comboWindowMs : 0);
    this.#clock = clock;
    if (unreported) [this.#unreported, this.#lastReport] = [unreported.count, unreported.lastReport];
  }

  /** `now` is milliseconds on the monotonic clock, as in all methods. */
  add(publication: Pending, now: number = performance.now()): void {
    this.#recalls.note(publication);
    if (!this.#combos.keep(publication, now)) this.#lanes[publication.lane].push(publication);
  }

  /** Adds recalls: waiting messages with these ids, and messages that a bulk recall covers, are dropped instead of sent. */
  recall(recalled: Recalled): void {
    this.#recalls.add(recalled);
  }

  /** The heads from which the next frame is numbered; undefined until read from the store. */
  get heads(): Heads | undefined {
    return this.#heads;
  }

  /** Sets the heads that were read from the store; the next frame is numbered from them. */
  numberFrom(heads: Heads): void {
    this.#heads = heads;
  }

  /** Drops the heads, so that they are read again before the next frame. */
  forgetHeads(): void {
    this.#heads = undefined;
  }

  /** Sets the room's chat rate; an unchanged rate keeps the budget with its saved burst. */
  limitChat(perSecond: number | undefined, budget: () => Budget): void {
    if (this.#chatPerSecond === perSecond) return;
    this.#chatPerSecond = perSecond;
    this.#budget = budget();
  }

  get flushing(): boolean {
    return this.#flushing;
  }

  /** Returns false while another flush is under way: a room has one commit at a time. */
  beginFlush(): boolean {
    if (this.#flushing) return false;
    this.#flushing = true;
    return true;
  }

  endFlush(): void {
    this.#flushing = false;
  }

  /** Call after a commit. `heads` are the room's heads after the commit; undefined makes the next flush read them from the store. */
  committed(heads: Heads | undefined): void {
    this.#heads = heads;
    this.#before = undefined;
  }

  /** Number of shed messages that no committed frame has reported; undefined when it is zero. */
  get unreported(): Unreported | undefined {
    const unreported = this.#before ?? { count: this.#unreported, lastReport: this.#lastReport };
    return unreported.count > 0 ? unreported : undefined;
  }

  /** Removes and returns the next control and gift messages, at most `limit` and at most one frame. */
  takeUrgent(limit: number, now: number): Taken {
    this.lastUrgent = now;
    const dropped = this.#dropGone(urgentLanes);
    for (const combo of this.#combos.take(now)) this.#lanes[combo.lane].push(combo);
    const batch = this.#take(urgentLanes, limit);
    // The gifts that were merged into a message are removed from the ingress by the same commit as the message, not earlier.
    for (const lane of comboLanes) {
      const merged = batch[lane]?.flatMap(({ gifts = [] }) => gifts.slice(0, -1)) ?? [];
      if (merged.length > 0) dropped.push({ lane, reason: 'merged', publications: merged });
    }
    return { batch, dropped };
  }

  /** Removes and returns the next chat and ambient messages. Sheds chat over the budget by weight and merges ambient messages. */
  takeOrdinary(limit: number, now: number): Taken {
    this.#measure(now);
    this.#before = { count: this.#unreported, lastReport: this.#lastReport };
    const dropped = [...this.#dropGone(ordinaryLanes), ...this.#shedChat(now), ...this.#mergeAmbient()];
    const batch = this.#take(ordinaryLanes, limit);
    if (this.#unreported === 0 || now - this.#lastReport < reportEveryMs) return { batch, dropped };
    const shed = { chat: this.#unreported };
    this.#unreported = 0;
    this.#lastReport = now;
    return { batch, dropped, shed };
  }

  #measure(now: number): void {
    const passed = now - this.lastOrdinary;
    let count = 0;
    for (const lane of ordinaryLanes) count += this.#lanes[lane].length;
    // The first frame after a quiet time does not indicate a rate.
    this.rate = passed > 1_000 ? 0 : this.rate * 0.7 + (count / Math.max(1, passed)) * 1_000 * 0.3;
    this.lastOrdinary = now;
  }

  /** Removes the recalled and the expired messages of the given lanes and returns them with the reason. */
  #dropGone(from: readonly Lane[]): Dropped[] {
    const now = this.#clock.now();
    const reasonOf = (publication: Pending): 'recalled' | 'expired' | undefined => {
      if (isRecall(publication)) return undefined;
      if (this.#recalls.covers(publication)) return 'recalled';
      const { marks } = publication;
      return marks?.expires_at !== undefined && marks.expires_at <= now ? 'expired' : undefined;
    };
    const dropped: Dropped[] = [];
    for (const lane of from) {
      const gone = this.#lanes[lane].flatMap((publication) => giftsOf(publication).filter(reasonOf));
      if (gone.length > 0) this.#lanes[lane] = this.#lanes[lane].flatMap((publication) => without(publication, gone));
      if (lanes[lane].merges === 'combos') gone.push(...this.#combos.remove((publication) => reasonOf(publication) !== undefined));
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
    this.#unreported += shed.length;
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
      // The first message is taken whatever its size; otherwise a message larger than a frame could never be sent.
      for (const { body } of waiting) {
        if (left === 0 || (body.length > room && left < limit)) break;
        room -= body.length;
        left--;
        count++;
      }
      if (count > 0) batch[lane] = waiting.splice(0, count);
      // Lower lanes must not overtake a message that did not fit.
      if (waiting.length > 0) break;
    }
    return batch;
  }

  get empty(): boolean {
    return !this.urgent && !this.ordinary && this.#unreported === 0 && this.combosAt === Number.POSITIVE_INFINITY;
  }

  /** True when a guaranteed lane (control or gift) has waiting publications. These lanes have a shorter tick. */
  get urgent(): boolean {
    return urgentLanes.some((lane) => this.#lanes[lane].length > 0);
  }

  /** Time at which waiting combo gifts become due. */
  get combosAt(): number {
    return this.#combos.nextAt;
  }

  get ordinary(): boolean {
    return ordinaryLanes.some((lane) => this.#lanes[lane].length > 0);
  }

  /** Time of the next report of shed chat, also when there is nothing else to send; infinity when nothing was shed. */
  get tellAt(): number {
    return this.#unreported === 0 ? Number.POSITIVE_INFINITY : this.#lastReport + reportEveryMs;
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
