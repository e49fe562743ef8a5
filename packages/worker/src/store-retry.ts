// Tries again what the store refused for a reason that passes: it was away, or a lane was full. For so long as a job may well
// wait; after that the job itself is tried again.
import { DanmuxError } from '@danmux/protocol';
import { backoffMs } from '@danmux/runtime';
import { pause } from './pause.ts';

const tries = 6;

/** Calls `attempt` with what is left to do until it returns nothing more, or the last error. */
export async function retryRefused<T>(all: readonly T[], signal: AbortSignal, attempt: (left: readonly T[]) => Promise<readonly Failure<T>[]>): Promise<void> {
  let left = all;
  for (let tried = 1; ; tried++) {
    const failures = await attempt(left);
    if (failures.length === 0) return;
    const final = failures.find(({ error }) => !passes(error)) ?? (tried >= tries ? failures[0] : undefined);
    if (final) throw final.error;
    await pause(backoffMs(tried, { baseMs: 200, maxMs: 5_000 }), signal);
    left = failures.map(({ item }) => item);
  }
}

export interface Failure<T> {
  readonly item: T;
  readonly error: Error;
}

function passes(error: Error): boolean {
  return error instanceof DanmuxError && (error.code === 'unavailable' || error.code === 'lane_full');
}
