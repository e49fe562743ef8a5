// Signs and verifies requests. The canonical string covers method, path, query and body as they were sent, so that no proxy can change
// them unnoticed.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedParts {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  /** Seconds since 1970, as sent. */
  readonly timestamp: string;
  readonly nonce: string;
  /** Raw bytes, before parsing. */
  readonly body: Buffer;
}

export function canonicalString({ method, target, timestamp, nonce, body }: SignedParts): string {
  return [method, target, timestamp, nonce, createHash('sha256').update(body).digest('hex')].join('\n');
}

export function sign(secret: string, parts: SignedParts): string {
  return hmac(secret, canonicalString(parts)).toString('hex');
}

// Minimum number of comparisons. During a rotation a key has two secrets; an unknown key or a key with one secret gets as many comparisons,
// so that the response time does not reveal which it is.
const minComparisons = 2;

/**
 * True when the signature was made with one of the secrets. The caller must have checked that `signature` is 64 hex digits, because
 * `Buffer.from` truncates other text.
 */
export function isSignedWith(secrets: readonly string[], parts: SignedParts, signature: string): boolean {
  const provided = Buffer.from(signature, 'hex');
  const text = canonicalString(parts);
  let valid = false;
  for (let i = 0; i < Math.max(minComparisons, secrets.length); i++) {
    const secret = secrets[i];
    const same = timingSafeEqual(hmac(secret ?? 'no such secret', text), provided);
    valid ||= same && secret !== undefined;
  }
  return valid;
}

function hmac(secret: string, text: string): Buffer {
  return createHmac('sha256', secret).update(text).digest();
}
