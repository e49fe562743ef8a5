// Signs viewer tokens with viewer.token_secret, and verifies a token with one given key and algorithm. A header that names or carries a key
// (jku, x5u, jwk) is never followed. token-verifier.ts chooses the key, and token-claims.ts reads the claims.
import type { KeyObject } from 'node:crypto';
import { DanmuxError, type TokenClaims } from '@danmux/protocol';
import { compactVerify, decodeProtectedHeader, SignJWT } from 'jose';
import type { Config } from './config/schema.ts';
import { type ClaimRules, claimsOf } from './token-claims.ts';

type Signing = Pick<Config['viewer'], 'token_secret' | 'token_issuer' | 'token_audience'>;

/** The algorithms of tokens that are signed with viewer.token_secret. */
const secretAlgorithms = ['HS256', 'HS384', 'HS512'];

/** Signs a token that expires `ttlS` seconds after `now` (milliseconds since 1970). `expiresAt` is in milliseconds since 1970. */
export async function signViewerToken(
  config: Signing,
  claims: Omit<TokenClaims, 'exp'>,
  ttlS: number,
  now: number,
): Promise<{ token: string; expiresAt: number }> {
  const issued = Math.floor(now / 1_000);
  const jwt = new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(issued)
    .setExpirationTime(issued + ttlS);
  if (config.token_issuer) jwt.setIssuer(config.token_issuer);
  if (config.token_audience) jwt.setAudience(config.token_audience);
  return { token: await jwt.sign(secretBytes(config)), expiresAt: (issued + ttlS) * 1_000 };
}

/** The claims of a valid token that viewer.token_secret signed; throws the `token_…` error that names what is wrong. `now`: milliseconds since 1970. */
export async function verifyViewerToken(config: Signing & ClaimRules, token: string, now: number): Promise<TokenClaims> {
  const { alg } = headerOf(token);
  if (!secretAlgorithms.includes(alg)) throw new DanmuxError('token_algorithm_refused');
  return claimsOf(await payloadOf(token, secretBytes(config), alg), config, now);
}

/** The header's algorithm and key id. Throws `token_invalid` for text that is not a JWT, or that has a header we do not support. */
export function headerOf(token: string): { readonly alg: string; readonly kid: string | undefined } {
  let header: Readonly<Record<string, unknown>>;
  try {
    header = decodeProtectedHeader(token);
  } catch (error) {
    throw new DanmuxError('token_invalid', { cause: error });
  }
  const { alg, kid, crit, b64 } = header;
  if (crit !== undefined || b64 !== undefined)
    throw new DanmuxError('token_invalid', { message: 'The viewer token has a header crit or b64, which is not supported.' });
  return { alg: typeof alg === 'string' ? alg : '', kid: typeof kid === 'string' ? kid : undefined };
}

/**
 * Returns the content of the token if `key` signed it with `alg`. Throws `token_signature_invalid` if not, and `token_invalid` if the content is
 * not JSON.
 */
export async function payloadOf(token: string, key: Uint8Array | KeyObject, alg: string): Promise<unknown> {
  let bytes: Uint8Array;
  try {
    bytes = (await compactVerify(token, key, { algorithms: [alg] })).payload;
  } catch (error) {
    throw new DanmuxError('token_signature_invalid', { cause: error });
  }
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new DanmuxError('token_invalid', { cause: error });
  }
}

function secretBytes(config: Signing): Uint8Array {
  return new TextEncoder().encode(config.token_secret);
}
