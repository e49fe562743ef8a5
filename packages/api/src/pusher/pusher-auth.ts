// Who calls the Pusher-compatible routes, as Pusher's HTTP API has it: key, time, md5 of the body and an HMAC over them in the query.
//
// Its signature has no nonce. What it signs is one request, however often it comes: its messages have ids of the signature, so that a
// library that tries again doubles nothing. It is taken again for half as long as messages are known by their ids, then refused.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Bus } from '@danmux/bus';
import { DanmuxError } from '@danmux/protocol';
import type { Config } from '@danmux/runtime';

const windowMs = 600_000;

export interface PusherRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly target: string;
  readonly body: Buffer;
}

/** The signature of a request that is right; throws `unauthorized` or `signature_expired`, saying what is wrong. */
export function checkPusherAuth({ key, secret }: Config['pusher'], { method, target, body }: PusherRequest, now: number): string {
  const [path = '', search = ''] = splitOnce(target);
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(search)) {
    if (query.has(name.toLowerCase())) throw refused(`${name} is given twice`);
    query.set(name.toLowerCase(), value);
  }
  const given = query.get('auth_signature') ?? '';
  query.delete('auth_signature');
  const right = isRight(secret, `${method}\n${path}\n${canonicalQuery(query)}`, given);
  if (!isSame(query.get('auth_key') ?? '', key) || !right) throw refused('the key is unknown or the signature does not fit');
  if (query.get('auth_version') !== '1.0') throw refused('auth_version must be 1.0');
  const md5 = query.get('body_md5');
  if (md5 === undefined ? body.length > 0 : md5 !== createHash('md5').update(body).digest('hex')) throw refused('body_md5 does not fit the body');
  const timestamp = query.get('auth_timestamp') ?? '';
  if (!/^[0-9]{1,12}$/.test(timestamp)) throw refused('auth_timestamp must be seconds since 1970');
  if (Math.abs(now - Number(timestamp) * 1_000) > windowMs)
    throw new DanmuxError('signature_expired', { message: `Unauthorized: auth_timestamp is more than ${windowMs / 1_000} s from the time here.` });
  return given;
}

/** Throws `nonce_replayed` for a request whose first copy came so long ago that its messages may not be known any more. */
export async function checkPusherReplay(bus: Pick<Bus, 'once'>, signature: string, { messages }: Pick<Config, 'messages'>): Promise<void> {
  const ttlMs = 2 * windowMs;
  // By the signature: the query that holds it can be written in many ways.
  const left = await bus.once(`pusher:${signature}`, ttlMs);
  const retryMs = Math.min(messages.dedupe_chat_ms, messages.dedupe_gift_ms) / 2;
  if (left > 0 && ttlMs - left > retryMs) throw new DanmuxError('nonce_replayed', { message: 'Unauthorized: this request was sent before.' });
}

/** The id of the `index`-th message of a signed request. */
export function signedId(signature: string, index: number): string {
  return `p-${createHash('sha256').update(`${signature}\n${index}`).digest('hex').slice(0, 32)}`;
}

/** Sorted by name, as it reads, not as a URL writes it. */
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

function isRight(secret: string, text: string, given: string): boolean {
  const signature = createHmac('sha256', secret).update(text).digest();
  return /^[0-9a-f]{64}$/.test(given) && timingSafeEqual(signature, Buffer.from(given, 'hex'));
}

function isSame(given: string, known: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(known));
}

function refused(what: string): DanmuxError {
  return new DanmuxError('unauthorized', { message: `Unauthorized: ${what}.` });
}
