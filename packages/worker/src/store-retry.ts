// Retries operations that the store refused for a temporary reason: it was unavailable, or a lane was full. After several attempts it
// gives up, and the job queue retries the whole job.
import { DanmuxError } from '@danmux/protocol';
import { backoffMs } from '@danmux/runtime';
import { pause } from './pause.ts';

const tries = 6;

/** Calls `attempt` with all items, then with the failed ones, until none fails. Throws a permanent error immediately, a temporary one at the end. */
export async function retryRefused<T>(all: readonly T[], signal: AbortSignal, attempt: (left: readonly T[]) => Promise<readonly Failure<T>[]>): Promise<void> {
  let left = all;
  for (let tried = 1; ; tried++) {
    const failures = await attempt(left);
    if (failures.length === 0) return;
    const final = failures.find(({ error }) => !isTemporary(error)) ?? (tried >= tries ? failures[0] : undefined);
    if (final) throw final.error;
    await pause(backoffMs(tried, { baseMs: 200, maxMs: 5_000 }), signal);
    left = failures.map(({ item }) => item);
  }
}

export interface Failure<T> {
  readonly item: T;
  readonly error: Error;
}

function isTemporary(error: Error): boolean {
  return error instanceof DanmuxError && (error.code === 'unavailable' || error.code === 'lane_full');
}
