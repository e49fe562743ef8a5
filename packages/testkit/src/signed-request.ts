// Signs a request as docs/keys.md describes, independently of the api's code.
import { createHash, createHmac } from 'node:crypto';

export interface Signing {
  readonly key: string;
  readonly secret: string;
  readonly method: string;
  /** Path and query string. */
  readonly target: string;
  readonly body?: string;
  /** Seconds since 1970. */
  readonly timestamp?: number;
  readonly nonce?: string;
}

let nonces = 0;
export const newNonce = () => `nonce-${process.pid}-${++nonces}`;

export function signedHeaders({
  key,
  secret,
  method,
  target,
  body = '',
  timestamp = Math.floor(Date.now() / 1_000),
  nonce = newNonce(),
}: Signing): Record<string, string> {
  const text = [method, target, timestamp, nonce, createHash('sha256').update(body).digest('hex')].join('\n');
  return {
    'x-danmux-key': key,
    'x-danmux-timestamp': String(timestamp),
    'x-danmux-nonce': nonce,
    'x-danmux-signature': `v1=${createHmac('sha256', secret).update(text).digest('hex')}`,
  };
}
