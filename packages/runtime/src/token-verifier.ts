// Verifies viewer tokens with viewer.token_secret, viewer.token_keys and viewer.token_jwks_url. The algorithm in the header only selects
// among the keys that are configured for exactly this algorithm, so a public key is never used as a secret. Headers that name or carry a
// key (jku, x5u, x5c, jwk) are ignored.
import { DanmuxError, type TokenClaims } from '@danmux/protocol';
import { claimsOf } from './token-claims.ts';
import { TokenJwks, type TokenJwksOptions, type TokenJwksRuntime } from './token-jwks.ts';
import { configuredKeys, isPublicAlgorithm, type PublicAlgorithm, type PublicKey } from './token-keys.ts';
import { headerOf, payloadOf, verifyViewerToken } from './viewer-token.ts';

/** A token is tried with at most this many matching keys, because each try costs CPU time. */
const triedKeys = 8;

/** Verifies viewer tokens with the secret and the public keys of the config. */
export class TokenVerifier {
  readonly #runtime: TokenJwksRuntime;
  readonly #keys: readonly PublicKey[];
  readonly #jwks: TokenJwks | undefined;

  /** Throws a ConfigError for a key that cannot verify. */
  constructor(runtime: TokenJwksRuntime, options: TokenJwksOptions = {}) {
    const { token_keys: rows, token_jwks_url: url } = runtime.config.viewer;
    this.#runtime = runtime;
    this.#keys = configuredKeys(rows);
    this.#jwks = url ? new TokenJwks(runtime, url, options) : undefined;
  }

  /** Reads the JWK set, if there is one, so that the first viewer need not wait for it. Never rejects. */
  async start(): Promise<void> {
    await this.#jwks?.prepare();
  }

  /** Returns the claims of a valid token; throws the `token_…` error that names what is wrong, or `unavailable` while the keys cannot be read. */
  async verify(token: string): Promise<TokenClaims> {
    try {
      return await this.#verify(token);
    } catch (error) {
      if (error instanceof DanmuxError && error.code.startsWith('token_')) this.#log(error);
      throw error;
    }
  }

  /** One line per cause and minute, because a misconfigured backend makes every viewer fail. A line has no token and no value of a claim. */
  #log({ code, message }: DanmuxError): void {
    const level = code === 'token_expired' ? 'info' : 'warn';
    this.#runtime.counted[level]({ code, reason: message }, 'a viewer token was refused', { per: code });
  }

  async #verify(token: string): Promise<TokenClaims> {
    const { config, clock } = this.#runtime;
    const { alg, kid } = headerOf(token);
    if (!isPublicAlgorithm(alg)) return verifyViewerToken(config.viewer, token, clock.now());
    const keys = await this.#keysOf(alg, kid);
    if (keys.length === 0) throw new DanmuxError(this.#accepts(alg) ? 'token_key_unknown' : 'token_algorithm_refused');
    return claimsOf(await this.#payload(token, alg, keys), config.viewer, clock.now());
  }

  async #payload(token: string, alg: PublicAlgorithm, keys: readonly PublicKey[]): Promise<unknown> {
    let refusal: unknown;
    for (const { key } of keys.slice(0, triedKeys)) {
      try {
        return await payloadOf(token, key, alg);
      } catch (error) {
        refusal ??= error;
      }
    }
    throw refusal;
  }

  /** The keys for exactly this algorithm and, when the token names one, this `kid`. A configured key that has this `kid` makes the set unnecessary. */
  async #keysOf(alg: PublicAlgorithm, kid: string | undefined): Promise<readonly PublicKey[]> {
    const matches = (key: PublicKey) => key.alg === alg && (kid === undefined || key.kid === undefined || key.kid === kid);
    const keys = this.#keys.filter(matches);
    if (!this.#jwks || (kid !== undefined && keys.some((key) => key.kid === kid))) return keys;
    try {
      return [...keys, ...(await this.#jwks.matching(matches))];
    } catch (error) {
      if (keys.length > 0) return keys;
      throw error;
    }
  }

  #accepts(alg: PublicAlgorithm): boolean {
    return this.#jwks !== undefined || this.#keys.some((key) => key.alg === alg);
  }
}
