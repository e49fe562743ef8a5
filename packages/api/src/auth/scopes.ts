// Permissions of keys, as one table; every route names one row in `config.scope`. A route that is neither public nor names one stops
// the start, so that no route is open by mistake.
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
    /** Answered without a key. */
    public?: boolean;
    /** The required permission, or `any` for every key; present on every route that is not public. */
    scope?: Scope | 'any';
    /**
     * `each`: the handler calls `checkRoom` for every room it touches. Without it a route touches the room of its path, or all of
     * them when it has none, and is then refused to a key that is for some rooms only.
     */
    rooms?: 'each';
    /** `own`: the route authenticates requests itself, in another form. */
    auth?: 'own';
    /** Its answer contains a secret: an answer stored for a repeated request is sealed. */
    secretAnswer?: boolean;
  }
}

export function checkScope(granted: readonly Scope[], required: Scope | 'any' | undefined): void {
  if (required === 'any') return;
  if (required !== undefined && (granted.includes(required) || granted.includes('admin'))) return;
  throw new DanmuxError('forbidden', { message: `This key may not do that: it needs the scope ${required ?? 'admin'}.` });
}

/** The start fails when a route added from now on is neither public nor names a scope. */
export function wantScopes(app: FastifyInstance): void {
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  // A later hook of a plugin may still set it.
  app.addHook('onReady', async () => routes.forEach(mustBeGuarded));
}

export function mustBeGuarded({ method, url, config = {} }: Pick<RouteOptions, 'method' | 'url' | 'config'>): void {
  const { public: open = false, scope } = config;
  if (open ? scope === undefined : scope !== undefined && (scope === 'any' || scopeNames.includes(scope))) return;
  throw new Error(`the route ${String(method)} ${url} must either be public or name a scope`);
}
