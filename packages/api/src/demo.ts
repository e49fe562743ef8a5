// The web folder: the SDK's bundles for everybody, and in development the demo page with tokens for anybody. The index says
// where things are.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Bus } from '@danmux/bus';
import { checkRoomName, DanmuxError } from '@danmux/protocol';
import { newId, type Runtime, signViewerToken } from '@danmux/runtime';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { type Static, Type } from 'typebox';

const webRoot = fileURLToPath(new URL('../web/', import.meta.url));
const tokenTtlS = 7_200;
const demoTokenRequest = Type.Object(
  { room: Type.String({ maxLength: 1_024 }), name: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })) },
  { additionalProperties: false },
);

export async function addDemo(app: FastifyInstance, runtime: Runtime, bus: Bus): Promise<void> {
  const hidden = { schema: { hide: true }, config: { public: true } } as const;
  const { demo } = runtime.config.api;
  app.get('/', hidden, async () => ({
    name: 'danmux',
    version: runtime.version,
    docs: '/docs',
    openapi: '/openapi.json',
    ...(demo ? { demo: '/demo/' } : {}),
  }));
  await addFiles(app, demo);
  if (!demo) return;
  app.get('/demo/config.json', hidden, async (request) => ({ edges: await edgeUrls(bus, request.hostname) }));
  app.post<{ Body: Static<typeof demoTokenRequest> }>('/demo/token', { ...hidden, schema: { hide: true, body: demoTokenRequest } }, async ({ body }) => {
    const room = checkRoomName(body.room);
    const user = { id: `demo-${newId().slice(-10).toLowerCase()}`, name: body.name ?? `观众${Math.floor(1_000 + Math.random() * 9_000)}` };
    const { token, expiresAt } = await signViewerToken(runtime.config.viewer, { sub: user.id, name: user.name, rooms: [room] }, tokenTtlS, runtime.clock.now());
    return { token, user, expires_at: expiresAt };
  });
}

async function addFiles(app: FastifyInstance, demo: boolean): Promise<void> {
  await app.register(async (files) => {
    files.addHook('onRoute', (route) => {
      route.config = { ...route.config, public: true };
      route.schema = { ...route.schema, hide: true };
    });
    if (!existsSync(webRoot)) {
      if (demo) for (const path of ['/demo', '/demo/']) files.get(path, async (_request, reply) => notBuilt(reply));
      return;
    }
    await files.register(fastifyStatic, { root: `${webRoot}sdk`, prefix: '/sdk/', decorateReply: false });
    if (!demo) return;
    files.get('/demo', async (_request, reply) => reply.redirect('/demo/'));
    await files.register(fastifyStatic, { root: `${webRoot}demo`, prefix: '/demo/', decorateReply: false });
  });
}

function notBuilt(reply: FastifyReply): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .serializer((text: unknown) => String(text))
    .send('<!doctype html><title>danmux</title><p>The demo page is not built yet: run <code>npm run build</code>.</p>');
}

/** The edges as the page's visitor reaches them: those on a loopback or wildcard address are where the page came from. */
async function edgeUrls(bus: Bus, visitedHost: string): Promise<string[]> {
  const edges = (await bus.members()).filter(({ role }) => role === 'edge');
  if (edges.length === 0) throw new DanmuxError('unavailable', { message: 'No edge is running.', retryAfterMs: 1_000 });
  return edges.map(({ address }) => {
    const [host = '', port = ''] = address.split(/:(?=\d+$)/);
    return `http://${/^(127\.|0\.0\.0\.0$|localhost$|\[::\]?)/.test(host) ? visitedHost : host}:${port}`;
  });
}
