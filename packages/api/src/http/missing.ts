// Answers requests that match no route: 405 with an `Allow` header when the path has other methods, else 404.
import { DanmuxError, errors } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { noteRefusal, sendProblem } from './problem.ts';

const order = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Call before adding routes: the `Allow` header covers only routes added later. */
export function addMissing(app: FastifyInstance, runtime: Runtime): void {
  const routes = new Map<string, KnownRoute>();
  app.addHook('onRoute', ({ url, method }) => {
    const route = routes.get(url) ?? { path: pathPattern(url), methods: new Set() };
    routes.set(url, route);
    for (const each of [method].flat()) route.methods.add(each);
  });
  const refusalOf = (request: FastifyRequest, reply: FastifyReply): DanmuxError => {
    const path = request.url.split('?')[0] ?? '/';
    const allowed = methodsOf(routes, path);
    if (allowed.length > 0) reply.header('allow', allowed.join(', '));
    return missing(request.method, path, allowed);
  };
  // Before Fastify looks at the body: it would answer 400, 413 or 415 for the body of a request that no route accepts. As an error, so that the error
  // handler of a part such as the Pusher-compatible routes gives the answer its form.
  app.addHook('preParsing', (request, reply, payload, done) => {
    if (request.is404) done(refusalOf(request, reply));
    else done(null, payload);
  });
  // For routes of static files that find no file.
  app.setNotFoundHandler((request, reply) => {
    const refusal = refusalOf(request, reply);
    noteRefusal(runtime, refusal, { trace: request.id });
    return sendProblem(reply, refusal);
  });
}

interface KnownRoute {
  readonly path: RegExp;
  readonly methods: Set<string>;
}

function missing(method: string, path: string, allowed: readonly string[]): DanmuxError {
  if (allowed.length === 0) return new DanmuxError('not_found', { message: `There is no route ${method} ${path.slice(0, 200)}; /docs lists the routes.` });
  return new DanmuxError('method_not_allowed', { message: `${errors.method_not_allowed.text} Use ${allowed.join(' or ')}.` });
}

/** A route without parameters hides routes with parameters at the same path: `/v1/keys/me` is not the key `me`. */
function methodsOf(routes: ReadonlyMap<string, KnownRoute>, path: string): string[] {
  const exact = routes.get(path);
  const matching = exact ? [exact] : [...routes.values()].filter((route) => route.path.test(path));
  const found = new Set(matching.flatMap(({ methods }) => [...methods]));
  return order.filter((method) => found.has(method));
}

/** A route such as `/v1/rooms/:room/*` as a regular expression. Supports only `:param` and `*`. */
function pathPattern(url: string): RegExp {
  const parts = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${parts.join('/')}$`);
}
