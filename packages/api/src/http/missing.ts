// What has no route: 405 with Allow when the path exists under other methods, else 404.
import { DanmuxError, errors } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import type { FastifyInstance } from 'fastify';
import { noteRefusal, sendProblem } from './problem.ts';

const order = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Before any route: only routes added after it are known to it. */
export function addMissing(app: FastifyInstance, runtime: Runtime): void {
  const known = new Map<string, Known>();
  app.addHook('onRoute', ({ url, method }) => {
    const route = known.get(url) ?? { path: pathPattern(url), methods: new Set() };
    known.set(url, route);
    for (const each of [method].flat()) route.methods.add(each);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '/';
    const allowed = methodsOf(known, path);
    if (allowed.length > 0) reply.header('allow', allowed.join(', '));
    const refusal = missing(request.method, path, allowed);
    noteRefusal(runtime, refusal, { trace: request.id });
    return sendProblem(reply, refusal);
  });
}

interface Known {
  readonly path: RegExp;
  readonly methods: Set<string>;
}

function missing(method: string, path: string, allowed: readonly string[]): DanmuxError {
  if (allowed.length === 0) return new DanmuxError('not_found', { message: `There is no route ${method} ${path.slice(0, 200)}; the routes are at /docs.` });
  return new DanmuxError('method_not_allowed', { message: `${errors.method_not_allowed.text} It takes ${allowed.join(' and ')}.` });
}

function methodsOf(known: ReadonlyMap<string, Known>, path: string): string[] {
  const found = new Set([...known.values()].filter((route) => route.path.test(path)).flatMap(({ methods }) => [...methods]));
  return order.filter((method) => found.has(method));
}

/** `/v1/rooms/:room/*` as an expression; only what Danmux's routes use. */
function pathPattern(url: string): RegExp {
  const parts = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${parts.join('/')}$`);
}
