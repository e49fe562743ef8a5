// All keys known now: those of the config, and those of the store as last read. A key of the config cannot be
// replaced by one of the store.
import { timingSafeEqual } from 'node:crypto';
import { type ApiKey, digestOf, isLive } from './api-key.ts';

export class Keyring {
  readonly #fixed: ReadonlyMap<string, ApiKey>;
  #stored: ReadonlyMap<string, ApiKey> = new Map();

  constructor(fixed: readonly ApiKey[]) {
    this.#fixed = new Map(fixed.map((key) => [key.id, key]));
  }

  /** Replaces the keys of the store. */
  setStored(keys: readonly ApiKey[]): void {
    this.#stored = new Map(keys.filter(({ id }) => !this.#fixed.has(id)).map((key) => [key.id, key]));
  }

  /** The key with this text, or null. Compares every digest, so that timing reveals nothing. */
  find(text: string, now: number): ApiKey | null {
    const presented = digestOf(text);
    let found: ApiKey | null = null;
    for (const key of this.all()) {
      for (const digest of key.digests) if (timingSafeEqual(digest.secret, presented) && isLive(digest, now)) found = key;
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
