// The contract of claims: keys that one request takes and every other request finds taken. `begin`, `finish` and `forget` are for
// idempotent requests and keep an answer; `once` is for nonces and cooldowns and keeps nothing but the time.

export type IdempotencyState =
  | { readonly state: 'started' }
  | { readonly state: 'in_flight' }
  /** The key was used before with another body. */
  | { readonly state: 'mismatch' }
  | { readonly state: 'done'; readonly answer: string };

/**
 * Atomicity: every call is one step, so of any number of concurrent calls with one key exactly one gets `started`, or 0 from `once`.
 *
 * Loss: a request whose process died leaves a claim that ends by itself after 10 s (`claimTtlMs`); until then others get `in_flight`. A store
 * that went back may have forgotten a claim or an answer, and the request then runs a second time: give the work a key of its own where
 * that matters (`Publication.dedupeKey`).
 */
export interface Claims {
  /**
   * Claims a key for one request. After `started` run the request, then call `finish` or `forget`. `claim` is an id of this request: a second
   * call with the same one gets `started` again until it is finished, because a client library may send a command twice.
   */
  begin(key: string, bodyHash: string, claim: string): Promise<IdempotencyState>;
  /** Keeps the answer for `ttlMs`; does nothing when another claim has the key by now. */
  finish(key: string, bodyHash: string, claim: string, answer: string, ttlMs: number): Promise<void>;
  /** Gives up an unfinished claim, so that the request may run again; an answer and the claim of another request stay. */
  forget(key: string, claim: string): Promise<void>;
  /** Takes a key for `ttlMs`. 0 when it was free, else the milliseconds until it is free again (at least 1). */
  once(key: string, ttlMs: number): Promise<number>;
}
