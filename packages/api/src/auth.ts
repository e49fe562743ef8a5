// Who calls: an API key as `Authorization: Bearer KEY` or `X-API-Key: KEY`. Only digests are compared, all of them, in constant
// time; a key is never logged. Routes opt out with `config: { public: true }`.
import { createHash, timingSafeEqual } from 'node:crypto';
import { DanmuxError } from '@danmux/protocol';
import { type Config, type Runtime, TokenBucket } from '@danmux/runtime';
import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** First characters of the key's digest: names the key without giving it away. */
    keyId: string;
  }
  interface FastifyContextConfig {
    public?: boolean;
  }
}

export class ApiKeys {
  readonly #digests: readonly Buffer[];

  constructor({ key, key_hashes }: Pick<Config['api'], 'key' | 'key_hashes'>) {
    this.#digests = [...(key ? [digest(key)] : []), ...key_hashes.map((hex) => Buffer.from(hex, 'hex'))];
  }

  /** The key's id, or null when it is none of ours. */
  find(key: string): string | null {
    const given = digest(key);
    let found: string | null = null;
    // Every digest is compared, so that the time tells nothing.
    for (const known of this.#digests) if (timingSafeEqual(known, given)) found = known.toString('hex').slice(0, 12);
    return found;
  }
}

export function addAuth(app: FastifyInstance, runtime: Runtime): void {
  const keys = new ApiKeys(runtime.config.api);
  const buckets = new Map<string, TokenBucket>();
  app.decorateRequest('keyId', '');
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.public || request.is404) return;
    const keyId = keys.find(givenKey(request));
    if (keyId === null) throw new DanmuxError('unauthorized', { message: 'The API key is not known here.' });
    request.keyId = keyId;
    if (runtime.config.shedding === 'on') takeToken(buckets, keyId, runtime);
  });
}

function givenKey(request: FastifyRequest): string {
  const bearer = onlyOne(request, 'authorization');
  const header = onlyOne(request, 'x-api-key');
  if (bearer !== undefined && header !== undefined) throw new DanmuxError('unauthorized', { message: 'Give one API key, not two.' });
  const key = bearer === undefined ? header : /^Bearer ([\x21-\x7e]+)$/i.exec(bearer)?.[1];
  if (!key) throw new DanmuxError('unauthorized');
  return key;
}

/** Node joins duplicate headers, so they are counted as they came. */
function onlyOne(request: FastifyRequest, name: string): string | undefined {
  const values = request.raw.rawHeaders.filter((_, index, all) => index % 2 === 1 && all[index - 1]?.toLowerCase() === name);
  if (values.length > 1) throw new DanmuxError('unauthorized', { message: `The header ${name} was given ${values.length} times.` });
  return values[0] ?? (request.headers[name] as string | undefined);
}

function takeToken(buckets: Map<string, TokenBucket>, keyId: string, { config, clock }: Runtime): void {
  const now = clock.now();
  const bucket = buckets.get(keyId) ?? new TokenBucket(config.api.per_minute, Math.ceil(config.api.per_minute / 10), now);
  // As many buckets as keys: bounded by the config.
  buckets.set(keyId, bucket);
  const wait = bucket.take(now);
  if (wait > 0) throw new DanmuxError('rate_limited', { retryAfterMs: wait });
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
