// Reads the credentials of a request: a bare key (`Authorization: Bearer KEY` or `X-API-Key: KEY`) or a signature in four headers. Checks
// only their form. Refuses a repeated header, and a key together with a signature.
import { DanmuxError } from '@danmux/protocol';
import type { FastifyRequest } from 'fastify';
import { keyIdPattern } from './api-key.ts';

export interface SignedCredentials {
  readonly keyId: string;
  /** Seconds since 1970, as sent. */
  readonly timestamp: string;
  readonly nonce: string;
  /** 64 hex digits. */
  readonly signature: string;
}

export type Credentials = { readonly bare: string } | { readonly signed: SignedCredentials };

const signedHeaders = {
  keyId: ['x-danmux-key', new RegExp(keyIdPattern)],
  timestamp: ['x-danmux-timestamp', /^[0-9]{1,12}$/],
  nonce: ['x-danmux-nonce', /^[A-Za-z0-9_-]{8,64}$/],
  signature: ['x-danmux-signature', /^v1=[0-9a-f]{64}$/],
} as const;
const signedNames = Object.keys(signedHeaders) as readonly (keyof typeof signedHeaders)[];

/** Throws `unauthorized` without credentials or with more than one, and `signature_invalid` for a malformed signature header. */
export function credentialsOf(request: FastifyRequest): Credentials {
  const bearer = onlyOne(request, 'authorization');
  const header = onlyOne(request, 'x-api-key');
  const signature = signedNames.map((name) => onlyOne(request, signedHeaders[name][0]));
  const sent = [bearer, header, signature.find((value) => value !== undefined)].filter((value) => value !== undefined);
  if (sent.length > 1) throw new DanmuxError('unauthorized', { message: 'Send one API key or one signature, not both.' });
  if (signature.some((value) => value !== undefined)) return { signed: signedOf(signature) };
  const bare = bearer === undefined ? header : /^Bearer ([\x21-\x7e]+)$/i.exec(bearer)?.[1];
  if (!bare) throw new DanmuxError('unauthorized');
  return { bare };
}

function signedOf(values: readonly (string | undefined)[]): SignedCredentials {
  const [keyId = '', timestamp = '', nonce = '', signature = ''] = values;
  const fields = { keyId, timestamp, nonce, signature };
  for (const name of signedNames) {
    const [header, form] = signedHeaders[name];
    if (!form.test(fields[name])) throw new DanmuxError('signature_invalid', { message: `The header ${header} is missing or malformed.` });
  }
  return { ...fields, signature: signature.slice('v1='.length) };
}

/** The value of a header; throws when it occurs twice. Reads the raw headers, because `request.headers` joins or drops duplicates. */
function onlyOne({ raw: { rawHeaders } }: FastifyRequest, name: string): string | undefined {
  let found: string | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== name) continue;
    if (found !== undefined) throw new DanmuxError('unauthorized', { message: `The header ${name} occurs twice; send it once.` });
    found = rawHeaders[i + 1];
  }
  return found;
}
