// The table of scopes. Every route that is not public names its scope in `config.scope`. Otherwise the process does not start, so that no
// route is open by mistake.
import { DanmuxError } from '@danmux/protocol';
import type { FastifyInstance, RouteOptions } from 'fastify';

export const scopes = {
  publish: 'Send messages and sign viewer tokens.',
  moderate: 'Mute, ban, kick, recall, review, and change the modes of rooms.',
  read: 'Read rooms, members, history, receipts and statistics.',
  admin: 'Everything, including keys, the audit log, jobs and nodes.',
  watch: 'Get tokens that only watch the one room of the key: POST /v1/tokens/watch, and nothing else.',
} as const;

export type Scope = keyof typeof scopes;
export const scopeNames = Object.keys(scopes) as readonly Scope[];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** True: the route needs no key. */
    public?: boolean;
    /** The scope that a key needs, or `any` when every key suffices. Must be set on every route that is not public, and on no public route. */
    scope?: Scope | 'any';
    /**
     * `each`: the handler itself checks every room it accesses against the rooms of the key. Absent: the route accesses the room in its
     * path, which is checked before the handler. If the path has no room, keys that are limited to some rooms are refused.
     */
    rooms?: 'each';
    /** `own`: the route authenticates its requests itself, as the Pusher-compatible routes do. */
    auth?: 'own';
    /** True: the answer contains a secret, so it is encrypted when it is stored for an Idempotency-Key. */
    secretAnswer?: boolean;
  }
}

export function checkScope(granted: readonly Scope[], required: Scope | 'any' | undefined): void {
  // The text of a watch key is visible in the URL of a page, so a watch key is accepted only on the routes of the scope `watch`.
  if (granted.includes('watch') && required !== 'watch') throw new DanmuxError('forbidden', { message: 'A watch key is only for POST /v1/tokens/watch.' });
  if (required === 'any') return;
  if (required !== undefined && (granted.includes(required) || granted.includes('admin'))) return;
  throw new DanmuxError('forbidden', { message: `This key lacks the scope ${required ?? 'admin'}, which this route requires.` });
}

/** Call before adding routes. `ready` then fails when a route added later is neither public nor names a scope, or is public and names one. */
export function requireScopes(app: FastifyInstance): void {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  // The routes are checked when all are added, because `onRoute` hooks of plugins can still change the config of a route.
  app.addHook('onReady', async () => routes.forEach(mustBeGuarded));
}

export function mustBeGuarded({ method, url, config = {} }: Pick<RouteOptions, 'method' | 'url' | 'config'>): void {
  const { public: open = false, scope } = config;
  if (open ? scope === undefined : scope !== undefined && (scope === 'any' || scopeNames.includes(scope))) return;
  throw new Error(`the route ${String(method)} ${url} must either be public or name a scope`);
}
