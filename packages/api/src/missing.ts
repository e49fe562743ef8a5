// What has no route: 405 with Allow when the path exists under other methods, else 404.
import { DanmuxError, errors } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import type { FastifyInstance } from 'fastify';
import { noteRefusal, sendProblem } from './problem.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export function addMissing(app: FastifyInstance, runtime: Runtime): void {
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '/';
    const allowed = methodsOf(app, path);
    if (allowed.length > 0) reply.header('allow', allowed.join(', '));
    const refusal = missing(request.method, path, allowed);
    noteRefusal(runtime, refusal, { trace: request.id });
    return sendProblem(reply, refusal);
  });
}

function missing(method: string, path: string, allowed: readonly string[]): DanmuxError {
  if (allowed.length === 0) return new DanmuxError('not_found', { message: `There is no route ${method} ${path.slice(0, 200)}; the routes are at /docs.` });
  return new DanmuxError('method_not_allowed', { message: `${errors.method_not_allowed.text} It takes ${allowed.join(' and ')}.` });
}

function methodsOf(app: FastifyInstance, path: string): string[] {
  const url = path.replace(/^\/v1\/rooms\/[^/]+/, '/v1/rooms/:room');
  const found = methods.filter((method) => app.findRoute({ url, method }) !== null);
  // Fastify answers HEAD wherever it answers GET.
  return found.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
}
