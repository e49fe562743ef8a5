// The contract of claims: a key that one request has claimed is refused to all other requests. `begin`, `finish` and `forget` serve idempotent
// requests and store an answer; `once` serves nonces and cooldowns and stores only an expiry.

/**
 * The answer to a claim. `started`: the caller owns the key. `in_flight`: another attempt owns the key. `done`: the stored answer of an earlier
 * attempt.
 */
export type IdempotencyState =
  | { readonly state: 'started' }
  | { readonly state: 'in_flight' }
  /** The key was used before with another body. */
  | { readonly state: 'mismatch' }
  | { readonly state: 'done'; readonly answer: string };

/**
 * Atomicity: every call is one step. Among concurrent `begin` calls with one key exactly one returns `started`, and among concurrent `once` calls
 * exactly one returns 0.
 *
 * Loss: when a process dies, its unfinished claim expires after 10 s (`claimTtlMs`); until then others get `in_flight`. A store restored from an
 * older state may have lost a claim or an answer, and the request may then run a second time. Where that matters, make the work itself idempotent
 * (`Publication.dedupeKey`).
 */
export interface Claims {
  /**
   * Claims a key for one request. After `started`, run the request, then call `finish` or `forget`. `claim` is a unique id of this attempt: a
   * second call with it returns `started` again until `finish`, because a Redis client may send a command twice.
   */
  begin(key: string, bodyHash: string, claim: string): Promise<IdempotencyState>;
  /** Stores the answer for `ttlMs`; does nothing when another claim owns the key by now. */
  finish(key: string, bodyHash: string, claim: string, answer: string, ttlMs: number): Promise<void>;
  /** Releases an unfinished claim, so that the request may run again. Keeps a stored answer and the claim of another request. */
  forget(key: string, claim: string): Promise<void>;
  /** Takes a key for `ttlMs`. Returns 0 when it was free, else the milliseconds until it is free (at least 1). */
  once(key: string, ttlMs: number): Promise<number>;
}
