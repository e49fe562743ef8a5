// Reads the public keys that verify viewer tokens, from PEM or JWK. Each key has exactly one algorithm. Private keys, symmetric keys, short RSA
// keys and keys whose type does not fit their algorithm are refused.
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { ConfigError } from './config/config-error.ts';
import type { Config } from './config/schema.ts';

type TokenKeyRow = Config['viewer']['token_keys'][number];
export type PublicAlgorithm = TokenKeyRow['alg'];

export interface PublicKey {
  readonly alg: PublicAlgorithm;
  /** Undefined: the key is tried for every token of its algorithm. */
  readonly kid: string | undefined;
  readonly key: KeyObject;
}

const leastRsaBits = 2_048;

/** The keys of viewer.token_keys; throws a ConfigError that names the row and its fault. */
export function configuredKeys(rows: readonly TokenKeyRow[]): readonly PublicKey[] {
  return rows.map((row, index) => {
    try {
      return { alg: row.alg, kid: row.kid, key: fitting(row.alg, rowKey(row)) };
    } catch (error) {
      throw new ConfigError(`viewer.token_keys.${index} (${row.alg}): ${(error as Error).message}`, { cause: error });
    }
  });
}

/** Returns the usable keys of a JWK set and the number of unusable ones. Throws when `text` is not a JWK set. */
export function jwkSetKeys(text: string): { readonly keys: readonly PublicKey[]; readonly unusable: number } {
  const { keys } = (JSON.parse(text) ?? {}) as { keys?: unknown };
  if (!Array.isArray(keys)) throw new Error('the answer is not a JWK set: it has no list "keys"');
  const usable = keys.flatMap((jwk: unknown) => setKey(jwk) ?? []);
  return { keys: usable, unusable: keys.length - usable.length };
}

function rowKey({ alg, pem, jwk }: TokenKeyRow): KeyObject {
  if (pem !== undefined && jwk === undefined) return pemKey(pem);
  if (jwk === undefined || pem !== undefined) throw new Error('give exactly one of pem and jwk');
  if (jwk['alg'] !== undefined && jwk['alg'] !== alg) throw new Error(`the jwk is for the algorithm ${String(jwk['alg'])}`);
  return jwkKey(jwk);
}

function pemKey(pem: string): KeyObject {
  // Node would derive the public key from a private key, but a private key does not belong in the config of a cluster.
  if (/PRIVATE KEY/.test(pem)) throw new Error('the pem is a private key; give the public one');
  return createPublicKey(pem);
}

function jwkKey(jwk: Readonly<Record<string, unknown>>): KeyObject {
  if (jwk['d'] !== undefined || jwk['k'] !== undefined) throw new Error('the jwk is a private or symmetric key; give the public one');
  if (jwk['use'] !== undefined && jwk['use'] !== 'sig') throw new Error('the use of the jwk is not sig; give a key for signatures');
  if (Array.isArray(jwk['key_ops']) && !jwk['key_ops'].includes('verify')) throw new Error('the key_ops of the jwk lack verify; give a key for signatures');
  return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
}

/** Undefined for a key that cannot verify viewer tokens, such as one for encryption. */
function setKey(jwk: unknown): PublicKey | undefined {
  if (typeof jwk !== 'object' || jwk === null) return undefined;
  const row = jwk as Readonly<Record<string, unknown>>;
  const alg = row['alg'] ?? usualAlgorithm(row);
  if (!isPublicAlgorithm(alg)) return undefined;
  try {
    return { alg, kid: typeof row['kid'] === 'string' ? row['kid'] : undefined, key: fitting(alg, jwkKey(row)) };
  } catch {
    // A key that cannot be used is no error here: `jwkSetKeys` counts it.
    return undefined;
  }
}

/** Returns the usual algorithm for the type of the key, because some providers publish keys without `alg`. */
function usualAlgorithm({ kty, crv }: Readonly<Record<string, unknown>>): PublicAlgorithm | undefined {
  if (kty === 'RSA') return 'RS256';
  if (kty === 'EC' && crv === 'P-256') return 'ES256';
  return kty === 'OKP' && crv === 'Ed25519' ? 'EdDSA' : undefined;
}

const kinds = {
  RS256: 'rsa',
  RS384: 'rsa',
  RS512: 'rsa',
  PS256: 'rsa',
  PS384: 'rsa',
  PS512: 'rsa',
  ES256: 'ec',
  EdDSA: 'ed25519',
} as const satisfies Record<PublicAlgorithm, string>;

export function isPublicAlgorithm(alg: unknown): alg is PublicAlgorithm {
  return typeof alg === 'string' && Object.hasOwn(kinds, alg);
}

/** Returns the key. Throws when its type or curve does not fit `alg`, or when an RSA key is too short. */
function fitting(alg: PublicAlgorithm, key: KeyObject): KeyObject {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType !== kinds[alg]) throw new Error(`the algorithm needs a key of the type ${kinds[alg]}, and this one is ${key.asymmetricKeyType}`);
  if (kinds[alg] === 'rsa' && modulusLength < leastRsaBits) throw new Error(`the key has ${modulusLength} bits; RSA keys need at least ${leastRsaBits}`);
  if (kinds[alg] === 'ec' && namedCurve !== 'prime256v1') throw new Error(`ES256 needs a key on the curve P-256, and this one is on ${namedCurve}`);
  return key;
}
