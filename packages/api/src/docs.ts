// The OpenAPI document and its Swagger UI pages, generated from the schemas of the routes. Only title, introduction and security schemes are written here.
import { problem } from '@danmux/protocol/schemas';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifySchema } from 'fastify';
import type { Scope } from './auth/scopes.ts';
import { addCompressedFiles } from './docs-files.ts';
import { withComponents } from './document/components.ts';
import { operationId } from './http/operation-id.ts';
import { docsPolicy, policyText } from './http/security-headers.ts';
import { problemSchemaId } from './routes/documented.ts';

const description = [
  'The HTTP API for backends: publish messages, moderate rooms and operate the cluster.',
  'Errors are RFC 9457 problems with a `code`. Every response has its trace id in `X-Trace-Id`: the id of the W3C `traceparent` header if the request has one, else a new id.',
  'A POST with an `Idempotency-Key` can be retried safely for `api.idempotency_ttl_ms` (an hour): it takes effect once.',
].join('\n\n');

const signatureText = [
  'Replaces the bare key. The value is `v1=` followed by a hex HMAC-SHA256, made with the signing secret of the key named in `X-Danmux-Key`, over five lines: METHOD,',
  'PATH?QUERY as sent, `X-Danmux-Timestamp` (seconds since 1970), `X-Danmux-Nonce` and the hex SHA-256 of the body.',
].join(' ');

const localServer = {
  url: 'http://{host}:{port}',
  description: 'The api of `npm start`; change host and port for another',
  variables: { host: { default: '127.0.0.1' }, port: { default: '7800' } },
};

const tags = [
  { name: 'messages', description: 'Send messages to rooms and users, and follow them' },
  { name: 'rooms', description: 'Rooms, their members and their history' },
  { name: 'moderation', description: 'Recall, mute, ban, kick, review and filter' },
  { name: 'tokens', description: 'Tokens with which viewers connect' },
  { name: 'nodes', description: 'The processes of the cluster' },
  { name: 'stats', description: 'Numbers of the cluster, now and in the last hour' },
  { name: 'jobs', description: 'Delayed messages and broadcasts' },
  { name: 'webhooks', description: 'Targets of webhooks and events that were not delivered' },
  { name: 'keys', description: 'API keys, and the log of their use' },
];

/**
 * Call before adding routes: only routes added later are documented. `publicPath` is the path that a proxy removes, and `webRoot` the folder of built files.
 */
export async function addDocs(app: FastifyInstance, version: string, publicPath: string, webRoot?: string): Promise<void> {
  const atThisServer = <T extends object>(document: T): T => namingServer(document, publicPath || '/');
  app.addSchema({ ...problem, $id: problemSchemaId });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'danmux admin API', version, description, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ ...localServer }],
      tags,
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
    transformObject: (document) => withComponents('openapiObject' in document ? document.openapiObject : document.swaggerObject),
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `schema-${index}`) },
  });
  app.addHook('onRoute', (route) => {
    // The documentation needs no key.
    if (route.url.startsWith('/docs')) route.config = { ...route.config, public: true };
  });
  await app.register(async (scope) => {
    await addCompressedFiles(scope, webRoot);
    await scope.register(swaggerUi, { routePrefix: '/docs', indexPrefix: publicPath, staticCSP: policyText(docsPolicy), transformSpecification: atThisServer });
  });
  app.get('/openapi.json', { schema: { hide: true }, config: { public: true } }, async () => atThisServer(app.swagger()));
}

/** Puts the server that sends the document first in `servers`, so that Swagger UI sends its requests to that server. */
function namingServer<T extends object>(document: T, url: string): T {
  return { ...document, servers: [{ url, description: 'The server of this document' }, localServer] };
}

/** Adds the required scope to the description. */
function withScope(schema: FastifySchema | undefined, scope: Scope | 'any' | undefined): FastifySchema {
  if (!schema || scope === undefined) return schema ?? {};
  const { description = '', ...rest } = schema as FastifySchema & { description?: string };
  return { ...rest, description: `${description}${description ? ' ' : ''}Scope: \`${scope}\`.`, 'x-scope': scope } as FastifySchema;
}

/** Adds the `operationId`, which generated clients use as the function name. */
function withName(schema: FastifySchema, method: string, url: string): FastifySchema {
  return { ...schema, operationId: operationId(method, url) } as FastifySchema;
}
