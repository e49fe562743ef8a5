// Says which messages arrived, for those that asked: ids are collected for a moment and said in one `receipt`, again while the
// answer is missing. It holds so many ids at most; past that the oldest is forgotten, and its message counts as missing.
import { DanmuxError, errors, limits } from '@danmux/protocol';

const collectMs = 100;
const againMs = 1_000;
const held = 2_000;

export class ReceiptAnswers {
  readonly #say: (ids: string[]) => Promise<unknown>;
  readonly #ids = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #paused = false;
  #saying = false;

  /** `say` rejects with a DanmuxError; one that is worth a retry keeps the ids. */
  constructor(say: (ids: string[]) => Promise<unknown>) {
    this.#say = say;
  }

  add(id: string): void {
    this.#ids.add(id);
    if (this.#ids.size > held) {
      const [oldest] = this.#ids;
      if (oldest !== undefined) this.#ids.delete(oldest);
    }
    this.#plan(collectMs);
  }

  /** Nobody can be told now. */
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
    if (this.#paused || this.#saying || this.#timer !== undefined || this.#ids.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#tell();
    }, afterMs);
  }

  async #tell(): Promise<void> {
    const ids = [...this.#ids].slice(0, limits.receiptIds);
    this.#saying = true;
    let waitMs = collectMs;
    try {
      await this.#say(ids);
      for (const id of ids) this.#ids.delete(id);
    } catch (error) {
      if (!(error instanceof DanmuxError)) throw error;
      waitMs = Math.max(againMs, error.retryAfterMs ?? 0);
      if (!errors[error.code].retryable) for (const id of ids) this.#ids.delete(id);
    } finally {
      this.#saying = false;
    }
    this.#plan(waitMs);
  }
}
