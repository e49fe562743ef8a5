// Runs writes in groups and has each group confirmed at once: what comes while one group is confirmed makes the next, so that a
// thousand writes at a time cost a few confirmations. It knows neither Redis nor what a write is, and holds no more than its caps.
import { DanmuxError } from '@danmux/protocol';

/** Writes, and bytes of them, that wait for the group before theirs; more are refused before they run. */
const cap = { writes: 10_000, bytes: 64 * 1_048_576 };

interface Write {
  readonly bytes: number;
  run(): Promise<unknown>;
  resolve(outcome: unknown): void;
  reject(error: unknown): void;
}

/** Called before a group runs; what it returns is called after, once, when at least one write of the group was done. */
export type BeginGroup = () => () => Promise<void>;

export class GroupCommit {
  readonly #begin: BeginGroup;
  #waiting: Write[] = [];
  #bytes = 0;
  #committing = false;

  constructor(begin: BeginGroup) {
    this.#begin = begin;
  }

  /** Resolves with what `run` did when that is confirmed; rejects with its error, or with that of the confirmation. Runs start in the order of the calls. */
  write<T>(run: () => Promise<T>, bytes = 0): Promise<T> {
    if (this.#waiting.length >= cap.writes || this.#bytes + bytes > cap.bytes) {
      return Promise.reject(new DanmuxError('unavailable', { message: 'Too many messages wait for replicas; nothing was accepted.', retryAfterMs: 1_000 }));
    }
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ run, bytes, resolve: resolve as (outcome: unknown) => void, reject });
      this.#bytes += bytes;
      if (!this.#committing) void this.#commit();
    });
  }

  /** Refuses what waits and has not run. */
  refuse(error: Error): void {
    for (const { reject } of this.#take()) reject(error);
  }

  async #commit(): Promise<void> {
    this.#committing = true;
    while (this.#waiting.length > 0) {
      const group = this.#take();
      const confirm = this.#begin();
      const outcomes = await Promise.allSettled(group.map(({ run }) => run()));
      const failure = outcomes.some(({ status }) => status === 'fulfilled') ? await failureOf(confirm) : undefined;
      group.forEach(({ resolve, reject }, index) => {
        const outcome = outcomes[index];
        if (outcome?.status !== 'fulfilled') reject(outcome?.reason);
        else if (failure) reject(failure.error);
        else resolve(outcome.value);
      });
    }
    this.#committing = false;
  }

  #take(): Write[] {
    const taken = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    return taken;
  }
}

async function failureOf(confirm: () => Promise<void>): Promise<{ readonly error: unknown } | undefined> {
  try {
    await confirm();
    return undefined;
  } catch (error) {
    return { error };
  }
}
