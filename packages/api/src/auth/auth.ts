// Who calls, and may they: finds the key of a request, checks its scope and its rooms, and limits how often it asks. A key is
// never logged. Routes opt out with `config: { public: true }`.
import { DanmuxError } from '@danmux/protocol';
import { type Runtime, TokenBucket } from '@danmux/runtime';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApiKey } from './api-key.ts';
import { configKeys } from './config-keys.ts';
import { credentialsOf } from './credentials.ts';
import { Keyring } from './keyring.ts';
import { checkRoute } from './room-access.ts';
import { checkScope, wantScopes } from './scopes.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null on public routes. */
    apiKey: ApiKey | null;
    /** The key's id; empty when there is none. */
    keyId: string;
  }
}

export function addAuth(app: FastifyInstance, runtime: Runtime): void {
  const keyring = new Keyring(configKeys(runtime.config.api));
  const buckets = new Map<string, TokenBucket>();
  wantScopes(app);
  app.decorateRequest('apiKey', null);
  app.decorateRequest('keyId', '');
  app.addHook('onRequest', async (request) => {
    if (!isGuarded(request)) return;
    const credentials = credentialsOf(request);
    const key = 'bare' in credentials ? keyring.find(credentials.bare, runtime.clock.now()) : null;
    if (key === null) throw new DanmuxError('unauthorized', { message: 'The API key is not known here.' });
    admit(request, key);
    if (runtime.config.shedding === 'on') takeToken(buckets, key.id, runtime);
  });
  app.addHook('preHandler', async (request) => checkRoute(request));
}

function isGuarded({ routeOptions: { config }, is404 }: FastifyRequest): boolean {
  return !config.public && config.auth !== 'own' && !is404;
}

function admit(request: FastifyRequest, key: ApiKey): void {
  request.apiKey = key;
  request.keyId = key.id;
  checkScope(key.scopes, request.routeOptions.config.scope);
}

function takeToken(buckets: Map<string, TokenBucket>, keyId: string, { config, clock }: Runtime): void {
  const now = clock.now();
  const bucket = buckets.get(keyId) ?? new TokenBucket(config.api.per_minute, Math.ceil(config.api.per_minute / 10), now);
  // As many buckets as keys: bounded by the config.
  buckets.set(keyId, bucket);
  const wait = bucket.take(now);
  if (wait > 0) throw new DanmuxError('rate_limited', { retryAfterMs: wait });
}
