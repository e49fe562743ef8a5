// The OpenAPI document and its pages, generated from the routes' schemas; only title and introduction are written here.
import { problem } from '@danmux/protocol/schemas';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifySchema } from 'fastify';
import type { Scope } from './auth/scopes.ts';
import { operationId } from './http/operation-id.ts';
import { docsPolicy, policyText } from './http/security-headers.ts';
import { problemSchemaId } from './routes/documented.ts';

const description = [
  'What a backend does with its rooms.',
  'Errors are RFC 9457 problems with a `code`; every answer carries its trace id as `X-Trace-Id`, that of a W3C `traceparent` when one was given.',
  'A POST with an `Idempotency-Key` may be repeated: it happens once.',
].join('\n\n');

const signatureText = [
  'In place of a key: `v1=` and the hex HMAC-SHA256, under the signing secret of the key `X-Danmux-Key`, of the lines METHOD, PATH?QUERY as sent,',
  '`X-Danmux-Timestamp` (s), `X-Danmux-Nonce` and the hex SHA-256 of the body.',
].join(' ');

/** Call before adding routes: only later ones are documented. */
export async function addDocs(app: FastifyInstance, version: string): Promise<void> {
  app.addSchema({ ...problem, $id: problemSchemaId });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'danmux admin API', version, description },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer' },
          apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
          signature: { type: 'apiKey', in: 'header', name: 'X-Danmux-Signature', description: signatureText },
        },
      },
      security: [{ bearer: [] }, { apiKey: [] }, { signature: [] }],
    },
    transform: ({ schema, url, route }) => ({ schema: withName(withScope(schema, route.config?.scope), String(route.method), url), url }),
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `schema-${index}`) },
  });
  app.addHook('onRoute', (route) => {
    // Every page of the documentation is public.
    if (route.url.startsWith('/docs')) route.config = { ...route.config, public: true };
  });
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: policyText(docsPolicy) });
  app.get('/openapi.json', { schema: { hide: true }, config: { public: true } }, async () => app.swagger());
}

/** Adds the required scope to the description. */
function withScope(schema: FastifySchema | undefined, scope: Scope | 'any' | undefined): FastifySchema {
  if (!schema || scope === undefined) return schema ?? {};
  const { description = '', ...rest } = schema as FastifySchema & { description?: string };
  return { ...rest, description: `${description}${description ? ' ' : ''}Scope: \`${scope}\`.`, 'x-scope': scope } as FastifySchema;
}

/** Adds the name that generated clients use for the route. */
function withName(schema: FastifySchema, method: string, url: string): FastifySchema {
  return { ...schema, operationId: operationId(method, url) } as FastifySchema;
}
