// Answers messages that ask for a receipt: collects ids for a moment, sends them in one `receipt` request and repeats it until answered.
// The number of ids is bounded; past the cap the oldest is dropped, and its message counts as missing.
import { DanmuxError, errors, limits } from '@danmux/protocol';

const collectMs = 100;
const retryMs = 1_000;
const maxIds = 2_000;

export class ReceiptAnswers {
  readonly #send: (ids: string[]) => Promise<unknown>;
  readonly #ids = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #paused = false;
  #sending = false;

  /** `send` rejects with a DanmuxError; after a retryable one the ids are sent again. */
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

  /** Not joined: nothing can be sent. */
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
      waitMs = Math.max(retryMs, error.retryAfterMs ?? 0);
      if (!errors[error.code].retryable) for (const id of ids) this.#ids.delete(id);
    } finally {
      this.#sending = false;
    }
    this.#plan(waitMs);
  }
}
