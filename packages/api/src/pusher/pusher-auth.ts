// Authenticates requests as Pusher's HTTP API does: the query holds the key, a timestamp, the MD5 of the body and an HMAC over all of them.
//
// Pusher signatures have no nonce. Message ids are derived from the signature, so that a repeated request adds no message. A repeat is
// accepted for half the time for which message ids are deduplicated, and refused after that.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Bus } from '@danmux/bus';
import { DanmuxError } from '@danmux/protocol';
import type { Config } from '@danmux/runtime';

const windowMs = 600_000;

export interface PusherRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  /** The setting `api.public_path`: clients may have signed the path with it in front. */
  readonly publicPath?: string;
  readonly body: Buffer;
}

/** Returns the signature of a valid request. Throws `unauthorized` or `signature_expired` with the reason. */
export function checkPusherAuth({ key, secret }: Config['pusher'], { method, target, publicPath = '', body }: PusherRequest, now: number): string {
  const [path = '', search = ''] = splitOnce(target);
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(search)) {
    if (query.has(name.toLowerCase())) throw refused(`the query parameter ${name} occurs twice`);
    query.set(name.toLowerCase(), value);
  }
  const provided = query.get('auth_signature') ?? '';
  query.delete('auth_signature');
  const valid = [path, publicPath + path].map((signed) => isValid(secret, `${method}\n${signed}\n${canonicalQuery(query)}`, provided)).includes(true);
  if (!isSame(query.get('auth_key') ?? '', key) || !valid) throw refused('the key is unknown or the signature does not match');
  if (query.get('auth_version') !== '1.0') throw refused('auth_version must be 1.0');
  const md5 = query.get('body_md5');
  if (md5 === undefined ? body.length > 0 : md5 !== createHash('md5').update(body).digest('hex')) throw refused('body_md5 does not match the body');
  const timestamp = query.get('auth_timestamp') ?? '';
  if (!/^[0-9]{1,12}$/.test(timestamp)) throw refused('auth_timestamp must be seconds since 1970');
  if (Math.abs(now - Number(timestamp) * 1_000) > windowMs)
    throw new DanmuxError('signature_expired', { message: `Unauthorized: auth_timestamp differs by more than ${windowMs / 1_000} s from the server's clock.` });
  return provided;
}

/** Throws `nonce_replayed` for a repeat that comes later than half the time for which message ids are deduplicated. */
export async function checkPusherReplay(bus: Pick<Bus, 'claims'>, signature: string, { messages }: Pick<Config, 'messages'>): Promise<void> {
  const ttlMs = 2 * windowMs;
  // The claim is keyed by the signature and not by the URL, because many spellings of the query have the same signature.
  const left = await bus.claims.once(`pusher:${signature}`, ttlMs);
  const retryMs = Math.min(messages.dedupe_chat_ms, messages.dedupe_gift_ms) / 2;
  if (left > 0 && ttlMs - left > retryMs) throw new DanmuxError('nonce_replayed', { message: 'Unauthorized: this request was already sent; sign it again.' });
}

/** Message id for the message at this index of a signed request. */
export function signedId(signature: string, index: number): string {
  return `p-${createHash('sha256').update(`${signature}\n${index}`).digest('hex').slice(0, 32)}`;
}

/** The query as the HMAC covers it: decoded parameters, sorted by name. */
function canonicalQuery(query: ReadonlyMap<string, string>): string {
  return [...query]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function splitOnce(target: string): readonly [string, string] {
  const at = target.indexOf('?');
  return at < 0 ? [target, ''] : [target.slice(0, at), target.slice(at + 1)];
}

function isValid(secret: string, text: string, provided: string): boolean {
  const signature = createHmac('sha256', secret).update(text).digest();
  return /^[0-9a-f]{64}$/.test(provided) && timingSafeEqual(signature, Buffer.from(provided, 'hex'));
}

function isSame(provided: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(provided), digest(expected));
}

function refused(reason: string): DanmuxError {
  return new DanmuxError('unauthorized', { message: `Unauthorized: ${reason}.` });
}
