// Fetches the JWK set of viewer.token_jwks_url and caches it. The URL comes only from the config, never from a token. At most one request starts in
// 30 s, however many tokens name unknown keys. This file verifies no token.
import { get, type RequestOptions } from 'node:https';
import { DanmuxError } from '@danmux/protocol';
import { AddressGuard } from './address-guard.ts';
import type { CountedLog } from './counted-log.ts';
import type { Runtime } from './runtime.ts';
import { jwkSetKeys, type PublicKey } from './token-keys.ts';

export interface TokenJwksRuntime extends Pick<Runtime, 'config' | 'clock' | 'caught' | 'version'> {
  readonly counted: Pick<CountedLog, 'info' | 'warn'>;
}

export interface TokenJwksOptions extends Pick<RequestOptions, 'ca'> {
  /**
   * Monotonic clock, milliseconds. The wall clock can be set, and the cluster's clock can step when the store is first reached, so neither is used.
   */
  readonly monotonic?: () => number;
}

const fetchEveryMs = 30_000;
const freshMs = 600_000;
const usableMs = 3_600_000;
const answerMs = 2_000;
const answerBytes = 65_536;

export class TokenJwks {
  readonly #runtime: TokenJwksRuntime;
  readonly #url: URL;
  readonly #guard: AddressGuard;
  readonly #monotonic: () => number;
  /** The trusted CAs. Default: the CAs of Node.js and those of NODE_EXTRA_CA_CERTS. */
  readonly #trust: Pick<RequestOptions, 'ca'>;
  #keys: readonly PublicKey[] = [];
  /** Monotonic start of the last successful request (`#fetchedAt`) and of the last request (`#triedAt`). */
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #fetching: Promise<void> | undefined;

  constructor(runtime: TokenJwksRuntime, url: string, { monotonic = () => performance.now(), ...trust }: TokenJwksOptions = {}) {
    this.#runtime = runtime;
    this.#url = new URL(url);
    this.#guard = new AddressGuard(runtime.config.webhooks.allow_addresses);
    this.#monotonic = monotonic;
    this.#trust = trust;
  }

  /**
   * Returns the matching keys. When none matches, the set is fetched again, but at most once in 30 s. Throws `unavailable` when no usable key
   * matches and no request that began after this call succeeded: the current set may contain the key.
   */
  async matching(matches: (key: PublicKey) => boolean): Promise<readonly PublicKey[]> {
    const asked = this.#monotonic();
    if (asked - this.#fetchedAt >= freshMs) await this.#fetch();
    const known = this.#usable().filter(matches);
    if (known.length > 0) return known;
    if (this.#fetchedAt < asked) await this.#fetch();
    const found = this.#usable().filter(matches);
    if (found.length > 0 || this.#fetchedAt >= asked) return found;
    const message = 'The keys of viewer tokens (viewer.token_jwks_url) cannot be read at the moment.';
    throw new DanmuxError('unavailable', { message, retryAfterMs: Math.max(1_000, this.#triedAt + fetchEveryMs - this.#monotonic()) });
  }

  /** Fetches the set ahead of the first token. Never rejects. */
  prepare(): Promise<void> {
    return this.#fetch();
  }

  #usable(): readonly PublicKey[] {
    return this.#monotonic() - this.#fetchedAt < usableMs ? this.#keys : [];
  }

  /**
   * Starts a request or joins the one in flight, and resolves when it ends, whether or not it succeeded. Starts none within 30 s of the start of
   * the last one, and then resolves immediately.
   */
  #fetch(): Promise<void> {
    if (this.#fetching) return this.#fetching;
    const startedAt = this.#monotonic();
    if (startedAt - this.#triedAt < fetchEveryMs) return Promise.resolve();
    this.#triedAt = startedAt;
    this.#fetching = this.#read(startedAt).finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #read(startedAt: number): Promise<void> {
    try {
      const { keys, unusable } = jwkSetKeys(await this.#text());
      if (keys.length === 0) this.#runtime.counted.warn({ unusable }, 'the JWK set of viewer.token_jwks_url has no key that can verify viewer tokens');
      this.#keys = keys;
      this.#fetchedAt = startedAt;
    } catch (error) {
      this.#runtime.caught('token-jwks', error, 'could not read viewer.token_jwks_url; the keys read last stay in use until an hour after they were read');
    }
  }

  async #text(): Promise<string> {
    this.#guard.checkHost(this.#url.hostname);
    const signal = AbortSignal.timeout(answerMs);
    const headers = { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': `danmux/${this.#runtime.version}` };
    // `agent: false` opens a new connection, because an idle one would be closed long before the next request.
    const options = { headers, agent: false, signal, lookup: this.#guard.lookup, ...this.#trust };
    try {
      return await bodyOf(this.#url, options);
    } catch (error) {
      throw signal.aborted ? new Error(`no answer within ${answerMs} ms`, { cause: error }) : error;
    }
  }
}

function bodyOf(url: URL, options: RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, options, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const fail = (error: Error) => {
        reject(error);
        request.destroy();
      };
      if (response.statusCode !== 200) return fail(new Error(`the server answered ${response.statusCode}, and 200 is required; redirects are not followed`));
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes > answerBytes) fail(new Error(`the answer has more than ${answerBytes} bytes`));
      });
      response.on('error', reject);
      response.on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
    request.on('error', reject);
  });
}
