// Authentication and authorization as Fastify hooks: find the key of a request, check its scope and rooms, limit the requests of each key
// and the failures of each IP address. Never logs a key. A route with `config: { public: true }` needs no key.
import type { Bus } from '@danmux/bus';
import { DanmuxError } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApiKey } from './api-key.ts';
import { Authenticator } from './authenticate.ts';
import { configKeys } from './config-keys.ts';
import type { SignedCredentials } from './credentials.ts';
import { FailureLimit } from './failure-limit.ts';
import { KeyRates } from './key-rates.ts';
import { KeyStore } from './key-store.ts';
import { KeySync } from './key-sync.ts';
import { KeyUse } from './key-use.ts';
import { Keyring } from './keyring.ts';
import { readBody, streamOf } from './raw-body.ts';
import { checkRoute } from './room-access.ts';
import { checkScope, requireScopes } from './scopes.ts';
import { Seal } from './seal.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null on public routes, and before authentication. */
    apiKey: ApiKey | null;
    /** Id of the key; empty on public routes and before authentication. */
    keyId: string;
    /** The credentials of a signed request, verified when the body has been read; null for all other requests. */
    signedBy: SignedCredentials | null;
  }
}

/** The parts of authentication that some routes use: the routes that manage keys, and the Pusher-compatible routes, which have `auth: 'own'`. */
export interface Keys {
  readonly keyring: Keyring;
  readonly sync: KeySync;
  readonly store: KeyStore;
  readonly use: KeyUse;
  readonly rates: KeyRates;
  /** The error to reply after failed authentication: `error`, or `rate_limited` when the address failed too often. */
  failureOf(request: FastifyRequest, error: unknown): unknown;
}

export function addAuth(app: FastifyInstance, runtime: Runtime, bus: Bus): Keys {
  const keyring = new Keyring(configKeys(runtime.config.api));
  const seal = new Seal(runtime.config.viewer.token_secret, 'signing secrets');
  const sync = new KeySync(runtime, bus, keyring, seal);
  const use = new KeyUse(runtime, bus);
  app.addHook('onReady', () => sync.start());
  app.addHook('onClose', () => sync.stop());
  requireScopes(app);
  const failures = new FailureLimit();
  const keys: Keys = {
    keyring,
    sync,
    store: new KeyStore(bus, keyring, seal, runtime.clock),
    use,
    rates: new KeyRates(runtime),
    failureOf: (request, error) => limited(runtime, failures, request, error),
  };
  addHooks(app, runtime, new Authenticator(runtime, bus, keyring), keys);
  return keys;
}

function addHooks(app: FastifyInstance, runtime: Runtime, authenticator: Authenticator, keys: Keys): void {
  const admit = (request: FastifyRequest, key: ApiKey) => {
    request.apiKey = key;
    request.keyId = key.id;
    keys.use.note(key.id, runtime.clock.now());
    keys.rates.take(key.id);
    checkScope(key.scopes, request.routeOptions.config.scope);
  };
  app.decorateRequest('apiKey', null);
  app.decorateRequest('keyId', '');
  app.decorateRequest('signedBy', null);
  app.addHook('onRequest', async (request) => {
    if (!isGuarded(request) || request.routeOptions.config.auth === 'own') return;
    let credentials: ApiKey | SignedCredentials;
    try {
      credentials = authenticator.begin(request);
    } catch (error) {
      throw keys.failureOf(request, error);
    }
    if ('signature' in credentials) request.signedBy = credentials;
    else admit(request, credentials);
  });
  app.addHook('preParsing', async (request, _reply, payload) => {
    const { signedBy } = request;
    // `signedBy` is undefined on routes that were added before `decorateRequest`.
    if (!signedBy) return payload;
    const body = await readBody(request);
    const key = await authenticator.finish(request, signedBy, body).catch((error: unknown) => {
      throw keys.failureOf(request, error);
    });
    admit(request, key);
    return streamOf(body);
  });
  app.addHook('preHandler', async (request) => {
    // A second check, in case an earlier hook failed to authenticate the request of a route that needs a key.
    if (isGuarded(request) && !request.keyId) throw new DanmuxError('unauthorized');
    checkRoute(request);
  });
}

function isGuarded({ routeOptions: { config }, is404 }: FastifyRequest): boolean {
  return !config.public && !is404;
}

function limited({ config, clock, metrics, clientAddress }: Runtime, failures: FailureLimit, { raw }: FastifyRequest, error: unknown): unknown {
  if (!(error instanceof DanmuxError) || error.status !== 401 || config.shedding === 'off') return error;
  const wait = failures.fail(clientAddress(raw), clock.now());
  if (wait === 0) return error;
  metrics.authFailuresLimited.inc();
  return new DanmuxError('rate_limited', { message: 'Too many requests from this address failed to authenticate.', retryAfterMs: wait, cause: error });
}
