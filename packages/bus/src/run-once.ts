// Runs a piece of work once over all processes: claim a key, run, then keep the answer or give the claim up. Judges no error: any failure
// of the work leaves the key free for the next try.
import type { Claims, IdempotencyState } from './contract/claims.ts';

export interface OnceClaim {
  readonly key: string;
  /** The request: the same key with another one is a `mismatch`. */
  readonly body: string;
  /** This attempt's own id, so that it never gives up the claim of another one. */
  readonly id: string;
}

/** Gives a claim up in the store. Must not reject: a claim that stays ends by itself after 10 s. */
export type GiveUp = (key: string, id: string) => Promise<void> | void;

export interface RunOnceOptions {
  /** How long the answer is kept, milliseconds. */
  readonly keepMs: number;
  readonly giveUp: GiveUp;
}

/** `done`: the answer of this run or of an earlier one. */
export type RunOnceResult = Extract<IdempotencyState, { readonly state: 'done' }> | { readonly state: 'in_flight' | 'mismatch' };

/**
 * Claims the key. `started`: the caller owns it and must finish or give it up. When the store does not answer, the claim may have been
 * written, so it is given up before the error is thrown.
 */
export async function claimOnce(claims: Pick<Claims, 'begin'>, { key, body, id }: OnceClaim, giveUp: GiveUp): Promise<IdempotencyState> {
  try {
    return await claims.begin(key, body, id);
  } catch (error) {
    await giveUp(key, id);
    throw error;
  }
}

/** Keeps the answer of a claim that `started`; does nothing when another attempt owns the key by now. */
export function finishOnce(claims: Pick<Claims, 'finish'>, { key, body, id }: OnceClaim, answer: string, keepMs: number): Promise<void> {
  return claims.finish(key, body, id, answer, keepMs);
}

/**
 * Claim, run, keep. `work` runs at most once at a time and, once it resolved and its answer is kept, not again for `keepMs`. If it throws,
 * the claim is given up and the error thrown. If the process dies in between, or the answer cannot be kept, the claim ends after 10 s and
 * the work may run again: it must bear that.
 */
export async function runOnce(
  claims: Pick<Claims, 'begin' | 'finish'>,
  claim: OnceClaim,
  { keepMs, giveUp }: RunOnceOptions,
  work: () => Promise<string>,
): Promise<RunOnceResult> {
  const claimed = await claimOnce(claims, claim, giveUp);
  if (claimed.state !== 'started') return claimed;
  let answer: string;
  try {
    answer = await work();
  } catch (error) {
    await giveUp(claim.key, claim.id);
    throw error;
  }
  await finishOnce(claims, claim, answer, keepMs);
  return { state: 'done', answer };
}
