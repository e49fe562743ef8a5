// The signature of signed mode: what is signed, and the check of one. The canonical string holds the request as it was sent, so
// that nothing between the sender and here can change it.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedParts {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly timestamp: string;
  readonly nonce: string;
  /** As sent, before anything reads it. */
  readonly body: Buffer;
}

export function canonicalString({ method, target, timestamp, nonce, body }: SignedParts): string {
  return [method, target, timestamp, nonce, createHash('sha256').update(body).digest('hex')].join('\n');
}

export function sign(secret: string, parts: SignedParts): string {
  return hmac(secret, canonicalString(parts)).toString('hex');
}

// As many as a key may have; one without costs the same.
const tries = 2;

/** `signature` must be 64 hex digits: Buffer.from would cut what is not. The work is the same whatever the secrets. */
export function isSignedWith(secrets: readonly string[], parts: SignedParts, signature: string): boolean {
  const given = Buffer.from(signature, 'hex');
  const text = canonicalString(parts);
  let right = false;
  for (let i = 0; i < Math.max(tries, secrets.length); i++) {
    const secret = secrets[i];
    const same = timingSafeEqual(hmac(secret ?? 'no such secret', text), given);
    right ||= same && secret !== undefined;
  }
  return right;
}

function hmac(secret: string, text: string): Buffer {
  return createHmac('sha256', secret).update(text).digest();
}
