// Serves the files of Swagger UI from the compressed copies that the build makes, because Swagger UI serves its own only as they are. The copies lie in a
// folder named for their version, so a build for another version is not used. Without copies Swagger UI serves its files.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const { version } = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('@fastify/swagger-ui/package.json'), 'utf8')) as { version: string };
const prefix = '/docs/static/';

/** Call before Swagger UI is registered in the same scope. */
export async function addCompressedFiles(scope: FastifyInstance, webRoot: string | undefined): Promise<void> {
  const root = webRoot === undefined ? undefined : join(webRoot, 'docs', version);
  if (root === undefined || !existsSync(root)) return;
  const files = new Set(readdirSync(root).filter((name) => !/\.(?:br|gz)$/.test(name)));
  await scope.register(fastifyStatic, {
    root,
    serve: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders: (response) => response.setHeader('cache-control', 'public, no-cache'),
  });
  scope.addHook('onRequest', async (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const file = path.startsWith(prefix) ? path.slice(prefix.length) : '';
    if (!files.has(file)) return;
    reply.header('vary', 'accept-encoding');
    return reply.sendFile(file);
  });
}
