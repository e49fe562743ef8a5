// Group commit: writes that arrive during a confirmation form the next group, and each group is confirmed with one call, so that a thousand
// concurrent writes cost a few confirmations. Independent of Redis. Bounded by caps on waiting writes and bytes.
import { DanmuxError } from '@danmux/protocol';

/** Caps on waiting writes and their bytes. A write above a cap is refused before it runs. */
const cap = { writes: 10_000, bytes: 64 * 1_048_576 };

interface Write {
  readonly bytes: number;
  run(): Promise<unknown>;
  resolve(outcome: unknown): void;
  reject(error: unknown): void;
}

/** Called before a group runs. The returned function confirms the group: it is called once after the writes, if at least one of them succeeded. */
export type BeginGroup = () => () => Promise<void>;

export class GroupCommit {
  readonly #begin: BeginGroup;
  #waiting: Write[] = [];
  #bytes = 0;
  #committing = false;

  constructor(begin: BeginGroup) {
    this.#begin = begin;
  }

  /** Resolves with the result of `run` after its group is confirmed; rejects with the error of `run` or of the confirmation. Runs start in call order. */
  write<T>(run: () => Promise<T>, bytes = 0): Promise<T> {
    if (this.#waiting.length >= cap.writes || this.#bytes + bytes > cap.bytes) {
      return Promise.reject(
        new DanmuxError('unavailable', { message: 'Too many messages wait for replicas; this one was not stored. Send it again later.', retryAfterMs: 1_000 }),
      );
    }
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ run, bytes, resolve: resolve as (outcome: unknown) => void, reject });
      this.#bytes += bytes;
      if (!this.#committing) void this.#commit();
    });
  }

  /** Rejects the waiting writes that have not run. */
  refuse(error: Error): void {
    for (const { reject } of this.#takeWaiting()) reject(error);
  }

  async #commit(): Promise<void> {
    this.#committing = true;
    while (this.#waiting.length > 0) {
      const group = this.#takeWaiting();
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

  #takeWaiting(): Write[] {
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
