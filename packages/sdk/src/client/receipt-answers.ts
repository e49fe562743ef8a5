// Acknowledges messages that request a receipt: collects ids for 100 ms, sends them in one `receipt` request and repeats it until it is answered.
// At most 2,000 ids are kept; past the cap the oldest is dropped, and the server counts its message as not received.
import { DanmuxError, errors, limits } from '@danmux/protocol';
import { delayAfter } from './delay.ts';

const collectMs = 100;
const retryMs = 1_000;
const maxIds = 2_000;

export class ReceiptAnswers {
  readonly #send: (ids: string[]) => Promise<unknown>;
  readonly #ids = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #paused = false;
  #sending = false;

  /** `send` must reject with a DanmuxError. After a retryable error the ids are sent again, after any other they are dropped. */
  constructor(send: (ids: string[]) => Promise<unknown>) {
    this.#send = send;
  }

  add(id: string): void {
    this.#ids.add(id);
    if (this.#ids.size > maxIds) {
      const [oldest] = this.#ids;
      if (oldest !== undefined) this.#ids.delete(oldest);
    }
    this.#plan(collectMs);
  }

  /** Call when the room is not joined: ids are collected but not sent until `resume`. */
  pause(): void {
    this.#paused = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  resume(): void {
    this.#paused = false;
    this.#plan(collectMs);
  }

  #plan(afterMs: number): void {
    if (this.#paused || this.#sending || this.#timer !== undefined || this.#ids.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#flush();
    }, afterMs);
  }

  async #flush(): Promise<void> {
    const ids = [...this.#ids].slice(0, limits.receiptIds);
    this.#sending = true;
    let waitMs = collectMs;
    try {
      await this.#send(ids);
      for (const id of ids) this.#ids.delete(id);
    } catch (error) {
      if (!(error instanceof DanmuxError)) throw error;
      waitMs = delayAfter(error.retryAfterMs ?? retryMs, 1);
      if (!errors[error.code].retryable) for (const id of ids) this.#ids.delete(id);
    } finally {
      this.#sending = false;
    }
    this.#plan(waitMs);
  }
}
