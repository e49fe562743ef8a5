// Publishes chat and gifts to one room at a steady rate through the admin API and records which were acknowledged.
import type { Backend } from './backend.ts';

export interface TrafficOptions {
  readonly room: string;
  readonly chatPerSecond: number;
  readonly giftsPerSecond: number;
}

export class Traffic {
  /** Ids of acknowledged messages, in the order of acknowledgement. */
  readonly chats: string[] = [];
  readonly gifts: string[] = [];
  /** Failed attempts of messages that were accepted later. */
  readonly refusals: string[] = [];
  readonly failures: unknown[] = [];
  readonly #backend: Backend;
  readonly #options: TrafficOptions;
  readonly #underWay = new Set<Promise<void>>();
  readonly #timers: NodeJS.Timeout[] = [];
  #sent = 0;
  #answeredAt = performance.now();
  #longestPauseMs = 0;

  constructor(backend: Backend, options: TrafficOptions) {
    this.#backend = backend;
    this.#options = options;
  }

  /** Longest time so far without an accepted gift. */
  get longestPauseMs(): number {
    return Math.round(Math.max(this.#longestPauseMs, this.#underWay.size > 0 ? performance.now() - this.#answeredAt : 0));
  }

  start(): void {
    this.#answeredAt = performance.now();
    this.#every(1_000 / this.#options.chatPerSecond, () => this.#send('chat', this.chats));
    this.#every(1_000 / this.#options.giftsPerSecond, () => this.#send('gift', this.gifts));
  }

  /** Stops publishing; resolves when all pending requests have ended. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#underWay);
  }

  #answered(): void {
    const now = performance.now();
    this.#longestPauseMs = Math.max(this.#longestPauseMs, now - this.#answeredAt);
    this.#answeredAt = now;
  }

  #every(ms: number, send: () => void): void {
    this.#timers.push(setInterval(send, ms));
  }

  #send(type: 'chat' | 'gift', accepted: string[]): void {
    const id = `${type}-${++this.#sent}`;
    const sending = this.#backend.push({ room: this.#options.room, type, data: { text: `第 ${this.#sent} 条`, gift: 'rocket' }, id }).then(
      (outcome) => {
        accepted.push(outcome.id);
        if (type === 'gift') this.#answered();
        this.refusals.push(...outcome.refusals);
      },
      (error: unknown) => {
        this.failures.push(error);
      },
    );
    this.#underWay.add(sending);
    void sending.finally(() => this.#underWay.delete(sending));
  }
}
