// Claims of idempotency keys whose requests ended while the store took no writes: each is tried again to be given up, and a retry of
// the request that reaches this process goes on under it at once. Otherwise the retries of a whole outage would be held off for as
// long as a claim lives after the store is back.
import type { Bus } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';

/** A claim ends by itself by then, milliseconds. */
const livesMs = 10_000;
const tryEveryMs = 250;
/** Remembered at most; of more the oldest end by themselves. */
const remembered = 10_000;

interface GivenUp {
  readonly id: string;
  readonly until: number;
}

const notReleased = 'could not release the claim of an idempotency key; trying again';

export class GivenUpClaims {
  readonly #runtime: Runtime;
  readonly #bus: Pick<Bus, 'claims'>;
  readonly #claims = new Map<string, GivenUp>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(runtime: Runtime, bus: Pick<Bus, 'claims'>) {
    this.#runtime = runtime;
    this.#bus = bus;
  }

  /** Resolves after the first try, whatever became of it. */
  async giveUp(scope: string, id: string): Promise<void> {
    try {
      await this.#bus.claims.forget(scope, id);
    } catch (error) {
      this.#runtime.caught('idempotency', error, notReleased, { level: this.#claims.size === 0 ? 'warn' : 'debug' });
      this.#keep(scope, id);
    }
  }

  /** The claim under which a request of this key may go on; undefined when none is left over. */
  take(scope: string): string | undefined {
    const claim = this.#claims.get(scope);
    this.#claims.delete(scope);
    return claim?.id;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#claims.clear();
  }

  #keep(scope: string, id: string): void {
    if (this.#stopped) return;
    this.#claims.set(scope, { id, until: performance.now() + livesMs });
    const [oldest] = this.#claims.keys();
    if (this.#claims.size > remembered && oldest !== undefined) this.#claims.delete(oldest);
    this.#timer ??= setTimeout(() => void this.#tryAll(), tryEveryMs);
  }

  async #tryAll(): Promise<void> {
    for (const [scope, claim] of this.#claims) {
      // Not to be taken by a request meanwhile.
      this.#claims.delete(scope);
      if (claim.until <= performance.now()) continue;
      try {
        await this.#bus.claims.forget(scope, claim.id);
      } catch (error) {
        this.#runtime.caught('idempotency', error, notReleased, { level: 'debug' });
        if (!this.#stopped) this.#claims.set(scope, claim);
        break;
      }
    }
    this.#timer = undefined;
    if (this.#claims.size > 0 && !this.#stopped) this.#timer = setTimeout(() => void this.#tryAll(), tryEveryMs);
  }
}
