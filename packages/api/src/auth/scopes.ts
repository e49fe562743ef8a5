// What a key may do, as one table; every route names one row in `config.scope`. A route that names none and is not public stops
// the start, so that nothing is ever open by forgetting.
import { DanmuxError } from '@danmux/protocol';
import type { FastifyInstance, RouteOptions } from 'fastify';

export const scopes = {
  publish: 'Send messages and sign viewer tokens.',
  moderate: 'Mute, ban, kick, recall, review, and change the modes of rooms.',
  read: 'Read rooms, members, history, receipts and numbers.',
  admin: 'Everything, and keys, the audit log, jobs and nodes.',
} as const;

export type Scope = keyof typeof scopes;
export const scopeNames = Object.keys(scopes) as readonly Scope[];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered to anybody. */
    public?: boolean;
    /** What a key must be allowed to do, or `any` where every key may ask; there on every route that is not public. */
    scope?: Scope | 'any';
    /**
     * `each`: the handler calls `checkRoom` for every room it touches. Without it a route touches the room of its path, or all of
     * them when it has none, and is then refused to a key that is for some rooms only.
     */
    rooms?: 'each';
    /** `own`: the route proves by itself who calls, in a form of its own. */
    auth?: 'own';
    /** Its answer tells a secret: where it is kept for a repeated request, it is sealed. */
    secretAnswer?: boolean;
  }
}

export function checkScope(given: readonly Scope[], wanted: Scope | 'any' | undefined): void {
  if (wanted === 'any') return;
  if (wanted !== undefined && (given.includes(wanted) || given.includes('admin'))) return;
  throw new DanmuxError('forbidden', { message: `This key may not do that: it needs the scope ${wanted ?? 'admin'}.` });
}

/** The start fails when a route added from now on says neither that it is public nor what scope it wants. */
export function wantScopes(app: FastifyInstance): void {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  // Later hooks of a plugin may still say it.
  app.addHook('onReady', async () => routes.forEach(mustBeGuarded));
}

export function mustBeGuarded({ method, url, config = {} }: Pick<RouteOptions, 'method' | 'url' | 'config'>): void {
  const { public: open = false, scope } = config;
  if (open ? scope === undefined : scope !== undefined && (scope === 'any' || scopeNames.includes(scope))) return;
  throw new Error(`the route ${String(method)} ${url} must either be public or name a scope`);
}
