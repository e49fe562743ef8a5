// Serves the index (`/`) and the files that `npm run build` makes: the SDK bundles, the OBS page, the console, and, when `api.demo` is on,
// the demo page. Sends a precompressed file if the build has made one. No file needs a key; the console page asks its user for one. If a
// folder is missing, its URLs answer 404 with the build command.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Bus } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { consolePolicy, demoPolicy, overlayPolicy, usePolicy } from './http/security-headers.ts';
import { addDemoRoutes } from './routes/demo.ts';

export async function addStatic(app: FastifyInstance, runtime: Runtime, bus: Bus, root: string | undefined): Promise<void> {
  const { demo, public_path: base } = runtime.config.api;
  app.get('/', { schema: { hide: true }, config: { public: true } }, async () => ({
    name: 'danmux',
    version: runtime.version,
    docs: `${base}/docs`,
    openapi: `${base}/openapi.json`,
    console: `${base}/console/`,
    sdk: `${base}/sdk/danmux.js`,
    metrics: `${base}/metrics`,
    health: `${base}/healthz`,
    ready: `${base}/readyz`,
    ...(demo ? { demo: `${base}/demo/` } : {}),
  }));
  await app.register(async (scope) => {
    // Pages on other origins load the SDK as a script or as a module.
    scope.addHook('onSend', async (_request, reply, payload) => {
      reply.header('cross-origin-resource-policy', 'cross-origin').header('access-control-allow-origin', '*');
      return payload;
    });
    await addFolder(scope, root, 'sdk');
  });
  await app.register(async (scope) => {
    usePolicy(scope, overlayPolicy);
    await addFolder(scope, root, 'overlay');
  });
  await app.register(async (scope) => {
    usePolicy(scope, consolePolicy);
    await addFolder(scope, root, 'console');
  });
  if (!demo) return;
  await app.register(async (scope) => {
    usePolicy(scope, demoPolicy);
    await addFolder(scope, root, 'demo');
    addDemoRoutes(scope, runtime, bus);
  });
}

async function addFolder(scope: FastifyInstance, root: string | undefined, name: 'sdk' | 'demo' | 'console' | 'overlay'): Promise<void> {
  const folder = root === undefined ? undefined : join(root, name);
  scope.addHook('onRoute', (route) => {
    route.config = { ...route.config, public: true };
    route.schema = { ...route.schema, hide: true };
  });
  if (folder !== undefined && existsSync(folder)) {
    // The redirect is relative, because a proxy may serve the api below a path.
    scope.get(`/${name}`, async (_request, reply) => reply.redirect(`./${name}/`));
    // The build puts a .br and a .gz file beside each text file, so responses vary by `Accept-Encoding`. Browsers revalidate files without a
    // hash in their name, and get 304 while the ETag is the same.
    scope.addHook('onSend', async (_request, reply, payload) => {
      const vary = reply.getHeader('vary');
      reply.header('vary', vary === undefined ? 'accept-encoding' : `${vary}, accept-encoding`);
      return payload;
    });
    await scope.register(fastifyStatic, {
      root: folder,
      prefix: `/${name}/`,
      decorateReply: false,
      preCompressed: true,
      cacheControl: false,
      setHeaders: (response, path) => response.setHeader('cache-control', isHashed(path) ? 'public, max-age=31536000, immutable' : 'public, no-cache'),
    });
    return;
  }
  for (const path of [`/${name}`, `/${name}/*`]) scope.get(path, async (_request, reply) => notBuilt(reply, name));
}

/** True for an asset whose name contains a hash of its content, as Vite names assets. The content of such a file never changes. */
function isHashed(path: string): boolean {
  return /[/\\]assets[/\\][^/\\]+-[\w-]{8}\.\w+(?:\.(?:br|gz))?$/.test(path);
}

function notBuilt(reply: FastifyReply, name: string): FastifyReply {
  return reply
    .status(404)
    .type('text/html; charset=utf-8')
    .serializer((text: unknown) => String(text))
    .send(`<!doctype html><title>danmux</title><p>/${name}/ is not built yet: run <code>npm run build</code> and restart danmux.</p>`);
}
