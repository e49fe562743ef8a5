// The keys that are known now: those of the config, and those of the store as it was last heard. A key of the config cannot be
// replaced by one of the store.
import { timingSafeEqual } from 'node:crypto';
import { type ApiKey, digestOf, isLive } from './api-key.ts';

export class Keyring {
  readonly #fixed: ReadonlyMap<string, ApiKey>;
  #stored: ReadonlyMap<string, ApiKey> = new Map();

  constructor(fixed: readonly ApiKey[]) {
    this.#fixed = new Map(fixed.map((key) => [key.id, key]));
  }

  /** Replaces what is known of the store. */
  setStored(keys: readonly ApiKey[]): void {
    this.#stored = new Map(keys.filter(({ id }) => !this.#fixed.has(id)).map((key) => [key.id, key]));
  }

  /** The key whose text this is, or null. Every digest is compared, so that the time tells nothing. */
  find(text: string, now: number): ApiKey | null {
    const given = digestOf(text);
    let found: ApiKey | null = null;
    for (const key of this.all()) {
      for (const digest of key.digests) if (timingSafeEqual(digest.secret, given) && isLive(digest, now)) found = key;
    }
    return found && isCurrent(found, now) ? found : null;
  }

  /** The key of this id, unless it has ended. */
  get(id: string, now: number): ApiKey | null {
    const key = this.#fixed.get(id) ?? this.#stored.get(id);
    return key && isCurrent(key, now) ? key : null;
  }

  *all(): Iterable<ApiKey> {
    yield* this.#fixed.values();
    yield* this.#stored.values();
  }
}

function isCurrent({ expiresAt }: ApiKey, now: number): boolean {
  return expiresAt === undefined || expiresAt > now;
}
