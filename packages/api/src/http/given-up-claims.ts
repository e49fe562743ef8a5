// Releases the claims of idempotency keys whose answers are not stored. While the store is unavailable, the release is retried until it
// succeeds or the claim expires, and a retried request that reaches this process takes the claim over. Otherwise every retry after an outage
// would get `idempotency_in_flight` until the old claim expires.
import type { Bus } from '@danmux/bus';
import { BoundedMap, Periodic, type Runtime } from '@danmux/runtime';

/** Lifetime of a claim in the store. A claim older than this has expired and needs no release. */
const claimTtlMs = 10_000;
const retryEveryMs = 250;
/** Maximum number of claims to retry. Above it the oldest one is not retried any more and expires in the store. */
const maxClaims = 10_000;

interface UnreleasedClaim {
  readonly id: string;
  readonly until: number;
}

const notReleased = 'could not release the claim of an idempotency key; retrying';

export class GivenUpClaims {
  readonly #runtime: Runtime;
  readonly #bus: Pick<Bus, 'claims'>;
  readonly #claims = new BoundedMap<string, UnreleasedClaim>(maxClaims);
  readonly #retrying: Periodic;
  #stopped = false;

  constructor(runtime: Runtime, bus: Pick<Bus, 'claims'>) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#retrying = new Periodic(runtime, { everyMs: retryEveryMs, where: 'idempotency', message: notReleased, level: 'debug' }, () => this.#retryAll());
  }

  /** Releases a claim. Resolves after the first attempt; a failed attempt is retried in the background. Never rejects. */
  async giveUp(scope: string, id: string): Promise<void> {
    try {
      await this.#bus.claims.forget(scope, id);
    } catch (error) {
      this.#runtime.caught('idempotency', error, notReleased, { level: this.#claims.size === 0 ? 'warn' : 'debug' });
      this.#remember(scope, id);
    }
  }

  /** Removes and returns the unreleased claim of a key, so that a retried request can continue under it; undefined if there is none. */
  take(scope: string): string | undefined {
    const claim = this.#claims.get(scope);
    this.#claims.delete(scope);
    return claim?.id;
  }

  stop(): void {
    this.#stopped = true;
    void this.#retrying.stop();
    this.#claims.clear();
  }

  #remember(scope: string, id: string): void {
    if (this.#stopped) return;
    this.#claims.set(scope, { id, until: performance.now() + claimTtlMs });
    this.#retrying.start();
  }

  async #retryAll(): Promise<void> {
    for (const [scope, claim] of this.#claims) {
      // The claim is removed before its release, because a request must not take over a claim that is being released.
      this.#claims.delete(scope);
      if (claim.until <= performance.now()) continue;
      try {
        await this.#bus.claims.forget(scope, claim.id);
      } catch (error) {
        if (!this.#stopped) this.#claims.set(scope, claim);
        throw error;
      }
    }
    if (this.#claims.size === 0) void this.#retrying.stop();
  }
}
