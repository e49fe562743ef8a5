// Authenticates a request. A bare key is checked from the headers alone; a signature is checked after the body has been read, because it
// covers the body. The nonce is claimed only after the signature has been verified, so that only the owner of a key can use up its nonces.
import type { Bus } from '@danmux/bus';
import { DanmuxError } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import type { FastifyRequest } from 'fastify';
import { type ApiKey, isLive } from './api-key.ts';
import { credentialsOf, type SignedCredentials } from './credentials.ts';
import type { Keyring } from './keyring.ts';
import { isSignedWith } from './signature.ts';

export class Authenticator {
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #keyring: Keyring;

  constructor(runtime: Runtime, bus: Bus, keyring: Keyring) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#keyring = keyring;
  }

  /** Runs before the body is read. Returns the key of the request, or credentials with a valid timestamp whose signature `finish` verifies. */
  begin(request: FastifyRequest): ApiKey | SignedCredentials {
    const credentials = credentialsOf(request);
    const now = this.#runtime.clock.now();
    if ('signed' in credentials) {
      const { signature_window_ms: windowMs } = this.#runtime.config.api;
      if (Math.abs(now - Number(credentials.signed.timestamp) * 1_000) > windowMs) throw new DanmuxError('signature_expired');
      return credentials.signed;
    }
    const key = this.#keyring.find(credentials.bare, now);
    if (key === null) throw new DanmuxError('unauthorized', { message: 'The API key is unknown or has expired.' });
    if (key.signedOnly) throw new DanmuxError('unauthorized', { message: 'Requests of this key must be signed.' });
    return key;
  }

  /**
   * Verifies a signed request and returns its key. Throws `signature_invalid`, `nonce_replayed`, or `unavailable` when the store cannot check
   * the nonce.
   */
  async finish({ method, raw }: FastifyRequest, { keyId, timestamp, nonce, signature }: SignedCredentials, body: Buffer): Promise<ApiKey> {
    const now = this.#runtime.clock.now();
    const key = this.#keyring.get(keyId, now);
    const secrets = key?.signingSecrets.filter((each) => isLive(each, now)).map(({ secret }) => secret) ?? [];
    const { public_path: publicPath } = this.#runtime.config.api;
    // The client signed the path before a proxy removed `api.public_path` from it, or it called this api directly.
    const targets = publicPath === '' ? [raw.url ?? ''] : [publicPath + (raw.url ?? ''), raw.url ?? ''];
    const valid = targets.map((target) => isSignedWith(secrets, { method, target, timestamp, nonce, body }, signature)).includes(true);
    if (!valid || key === null) throw new DanmuxError('signature_invalid');
    const claimedForMs = await this.#bus.claims.once(`nonce:${keyId}:${nonce}`, 2 * this.#runtime.config.api.signature_window_ms);
    if (claimedForMs > 0) throw new DanmuxError('nonce_replayed');
    return key;
  }
}
