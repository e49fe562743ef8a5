// The table of scopes. Every route names one scope in `config.scope`; a route that is not public and names none fails the start, so that
// no route is open by mistake.
import { DanmuxError } from '@danmux/protocol';
import type { FastifyInstance, RouteOptions } from 'fastify';

export const scopes = {
  publish: 'Send messages and sign viewer tokens.',
  moderate: 'Mute, ban, kick, recall, review, and change the modes of rooms.',
  read: 'Read rooms, members, history, receipts and statistics.',
  admin: 'Everything, including keys, the audit log, jobs and nodes.',
} as const;

export type Scope = keyof typeof scopes;
export const scopeNames = Object.keys(scopes) as readonly Scope[];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** True: the route needs no key. */
    public?: boolean;
    /** The required scope, or `any` when every key suffices. Required on every route that is not public. */
    scope?: Scope | 'any';
    /**
     * `each`: the handler calls `checkRoom` for every room it accesses. Otherwise the route accesses the room in its path, or all rooms
     * if the path has none; the latter is refused to keys that are limited to some rooms.
     */
    rooms?: 'each';
    /** `own`: the route authenticates its requests itself, as the Pusher-compatible routes do. */
    auth?: 'own';
    /** True: the answer contains a secret, so it is encrypted when it is stored for an Idempotency-Key. */
    secretAnswer?: boolean;
  }
}

export function checkScope(granted: readonly Scope[], required: Scope | 'any' | undefined): void {
  if (required === 'any') return;
  if (required !== undefined && (granted.includes(required) || granted.includes('admin'))) return;
  throw new DanmuxError('forbidden', { message: `This key lacks the scope ${required ?? 'admin'}, which this route requires.` });
}

/** Call before adding routes: the start then fails when a later route is neither public nor names a scope. */
export function requireScopes(app: FastifyInstance): void {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  // Checked at the end, because `onRoute` hooks of plugins can still change the config of a route.
  app.addHook('onReady', async () => routes.forEach(mustBeGuarded));
}

export function mustBeGuarded({ method, url, config = {} }: Pick<RouteOptions, 'method' | 'url' | 'config'>): void {
  const { public: open = false, scope } = config;
  if (open ? scope === undefined : scope !== undefined && (scope === 'any' || scopeNames.includes(scope))) return;
  throw new Error(`the route ${String(method)} ${url} must either be public or name a scope`);
}
