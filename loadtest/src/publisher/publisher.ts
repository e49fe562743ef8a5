// Publishes chat and gifts at a steady rate, round robin over the rooms. Each lane has its own outlet and queue, since a backend does
// not delay gifts for chat. A lane sends its next batch when the previous one has been accepted.
import { chatMessage, giftMessage, type LoadMessage } from './chat-message.ts';
import { LanePace } from './lane-pace.ts';
import type { Outlet } from './outlet.ts';

export interface PublisherPlan {
  readonly rooms: readonly string[];
  /** Number of chat messages published together; 1 spreads them evenly. */
  readonly chatBurst: number;
  readonly chatBytes: number;
}

export interface Rates {
  readonly chat: number;
  readonly gift: number;
}

/** Counts of the whole run, by lane. */
export interface PublisherTally {
  readonly accepted: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
  /** Messages queued and not yet accepted. */
  readonly waiting: Readonly<Record<string, number>>;
  /** Messages skipped because the queue was full. */
  readonly skipped: Readonly<Record<string, number>>;
}

type LaneName = 'chat' | 'gift';
const tickMs = 10;
const batchSize = 1_000;
const batchBytes = 700_000;
const longestQueue = 100_000;

class LanePublisher {
  readonly #lane: LaneName;
  readonly #plan: PublisherPlan;
  readonly #outlet: Outlet;
  readonly #queue: LoadMessage[] = [];
  readonly pace: LanePace;
  readonly #numbers = new Map<string, number>();
  #nextRoom = 0;
  #sending = false;
  accepted = 0;
  refused = 0;
  skipped = 0;
  failure: Error | undefined;

  constructor(lane: LaneName, plan: PublisherPlan, outlet: Outlet) {
    this.#lane = lane;
    this.#plan = plan;
    this.#outlet = outlet;
    this.pace = new LanePace(0, lane === 'chat' ? plan.chatBurst : 1, performance.now());
  }

  get waiting(): number {
    return this.#queue.length + (this.#sending ? 1 : 0);
  }

  get numbers(): ReadonlyMap<string, number> {
    return this.#numbers;
  }

  tick(): void {
    const { count } = this.pace.due(performance.now());
    const now = Date.now();
    for (let i = 0; i < count; i++) {
      if (this.#queue.length < longestQueue) this.#queue.push(this.#make(now));
      else this.skipped++;
    }
    void this.#drain();
  }

  #make(now: number): LoadMessage {
    const room = this.#plan.rooms[this.#nextRoom++ % this.#plan.rooms.length] ?? '';
    const number = (this.#numbers.get(room) ?? 0) + 1;
    this.#numbers.set(room, number);
    return this.#lane === 'chat' ? chatMessage(room, number, now, this.#plan.chatBytes) : giftMessage(room, number, now);
  }

  async #drain(): Promise<void> {
    if (this.#sending || this.failure) return;
    this.#sending = true;
    try {
      while (this.#queue.length > 0) {
        const batch = this.#queue.splice(0, Math.min(batchSize, Math.floor(batchBytes / (this.#plan.chatBytes + 60))));
        const { refused } = await this.#outlet.send(batch);
        this.refused += refused;
        this.accepted += batch.length - refused;
      }
    } catch (error) {
      this.failure = error as Error;
    } finally {
      this.#sending = false;
    }
  }
}

export class Publisher {
  readonly #lanes: Readonly<Record<LaneName, LanePublisher>>;
  readonly #timer: NodeJS.Timeout;

  constructor(plan: PublisherPlan, outlets: Readonly<Record<LaneName, Outlet>>) {
    this.#lanes = { chat: new LanePublisher('chat', plan, outlets.chat), gift: new LanePublisher('gift', plan, outlets.gift) };
    this.#timer = setInterval(() => {
      for (const lane of Object.values(this.#lanes)) lane.tick();
    }, tickMs);
  }

  set rates({ chat, gift }: Rates) {
    this.#lanes.chat.pace.perSecond = chat;
    this.#lanes.gift.pace.perSecond = gift;
  }

  /** Throws the error of a failed outlet. */
  tally(): PublisherTally {
    const { chat, gift } = this.#lanes;
    const failure = chat.failure ?? gift.failure;
    if (failure) throw failure;
    return {
      accepted: { chat: chat.accepted, gift: gift.accepted },
      refused: { chat: chat.refused, gift: gift.refused },
      waiting: { chat: chat.waiting, gift: gift.waiting },
      skipped: { chat: chat.skipped, gift: gift.skipped },
    };
  }

  /** The last message number by room and lane. */
  published(): Record<string, Record<string, number>> {
    const rooms: Record<string, Record<string, number>> = {};
    for (const [lane, { numbers }] of Object.entries(this.#lanes)) for (const [room, number] of numbers) rooms[room] = { ...rooms[room], [lane]: number };
    return rooms;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
