// The API keys that this process accepts: the keys of the config, and the keys of the store as last read. If both have a key with the
// same id, the key of the config wins.
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

  /** The unexpired key with this text, or null. Compares the text with the digests of all keys, so that the response time does not reveal a match. */
  find(text: string, now: number): ApiKey | null {
    const presented = digestOf(text);
    let found: ApiKey | null = null;
    for (const key of this.all()) {
      for (const digest of key.digests) if (timingSafeEqual(digest.secret, presented) && isLive(digest, now)) found = key;
    }
    return found && isUnexpired(found, now) ? found : null;
  }

  /** The key with this id, or null when it is unknown or has expired. */
  get(id: string, now: number): ApiKey | null {
    const key = this.#fixed.get(id) ?? this.#stored.get(id);
    return key && isUnexpired(key, now) ? key : null;
  }

  *all(): Iterable<ApiKey> {
    yield* this.#fixed.values();
    yield* this.#stored.values();
  }
}

function isUnexpired({ expiresAt }: ApiKey, now: number): boolean {
  return expiresAt === undefined || expiresAt > now;
}
