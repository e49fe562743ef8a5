// Runs work once across all processes: claims a key, runs the work, then stores the answer or releases the claim. It does not distinguish
// errors: any failure of the work releases the key for the next attempt.
import type { Claims, IdempotencyState } from './contract/claims.ts';

/** One attempt to run a piece of work under a key. */
export interface OnceClaim {
  readonly key: string;
  /** Hash or text of the request; the same key with another body gives `mismatch`. */
  readonly body: string;
  /** Unique id of this attempt, so that it cannot release another attempt's claim. */
  readonly id: string;
}

/** Releases a claim in the store. Must not reject when the release fails, because the claim then expires after 10 s. */
export type GiveUp = (key: string, id: string) => Promise<void> | void;

export interface RunOnceOptions {
  /** TTL of the stored answer, milliseconds. */
  readonly keepMs: number;
  readonly giveUp: GiveUp;
}

/** `done`: the answer of this or an earlier attempt. `in_flight`: another attempt is running. `mismatch`: the key was used with another body. */
export type RunOnceResult = Extract<IdempotencyState, { readonly state: 'done' }> | { readonly state: 'in_flight' | 'mismatch' };

/**
 * Claims the key. After `started` the caller owns the key and must finish or release the claim. When the call fails, the claim may have
 * been stored all the same, so it is released before the error is thrown.
 */
export async function claimOnce(claims: Pick<Claims, 'begin'>, { key, body, id }: OnceClaim, giveUp: GiveUp): Promise<IdempotencyState> {
  try {
    return await claims.begin(key, body, id);
  } catch (error) {
    await giveUp(key, id);
    throw error;
  }
}

/**
 * Claims the key, runs `work` and stores its answer. After that, every attempt within `keepMs` gets the stored answer. If `work` throws, the
 * claim is released and the error rethrown. The claim expires after 10 s: if the process dies, the answer cannot be stored or `work` takes
 * longer, the work may run a second time and must tolerate that.
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
  await claims.finish(claim.key, claim.body, claim.id, answer, keepMs);
  return { state: 'done', answer };
}
