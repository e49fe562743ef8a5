// Signed mode: the canonical string and its verification. The canonical string holds the request as it was sent, so
// that no proxy can change it unnoticed.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedParts {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly timestamp: string;
  readonly nonce: string;
  /** Raw, before parsing. */
  readonly body: Buffer;
}

export function canonicalString({ method, target, timestamp, nonce, body }: SignedParts): string {
  return [method, target, timestamp, nonce, createHash('sha256').update(body).digest('hex')].join('\n');
}

export function sign(secret: string, parts: SignedParts): string {
  return hmac(secret, canonicalString(parts)).toString('hex');
}

// The maximum of a key; a key without secrets takes the same time.
const tries = 2;

/** `signature` must be 64 hex digits, because Buffer.from truncates at other characters. Takes the same time for all secrets. */
export function isSignedWith(secrets: readonly string[], parts: SignedParts, signature: string): boolean {
  const provided = Buffer.from(signature, 'hex');
  const text = canonicalString(parts);
  let valid = false;
  for (let i = 0; i < Math.max(tries, secrets.length); i++) {
    const secret = secrets[i];
    const same = timingSafeEqual(hmac(secret ?? 'no such secret', text), provided);
    valid ||= same && secret !== undefined;
  }
  return valid;
}

function hmac(secret: string, text: string): Buffer {
  return createHmac('sha256', secret).update(text).digest();
}
