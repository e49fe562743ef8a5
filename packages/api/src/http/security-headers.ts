// Security headers of every answer (helmet), and what a browser may do with a page of ours. The API itself is no page: it may
// do nothing. The documentation, the demo and the console have policies of their own.
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

type Policy = Readonly<Record<string, readonly string[]>>;

const framing: Policy = { 'base-uri': ["'none'"], 'form-action': ["'none'"], 'frame-ancestors': ["'none'"] };

/** Swagger UI writes style attributes; its scripts are files. */
export const docsPolicy: Policy = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  ...framing,
};

/** The demo page connects to edges, which have ports and hosts of their own. */
export const demoPolicy: Policy = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'media-src': ["'self'", 'blob:'],
  // video.js has its icons as a font in its style sheet.
  'font-src': ["'self'", 'data:'],
  'connect-src': ["'self'", 'http:', 'https:', 'ws:', 'wss:'],
  ...framing,
};

/** The page for OBS: its own files and connections to edges; no pictures of others, no inline style. */
export const overlayPolicy: Policy = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ['data:'],
  'connect-src': ["'self'", 'http:', 'https:', 'ws:', 'wss:'],
  ...framing,
};

/** The console: its own files and its own api, no inline style, and no text ever made into HTML but the templates of lit. */
export const consolePolicy: Policy = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'require-trusted-types-for': ["'script'"],
  'trusted-types': ['lit-html'],
  ...framing,
};

export function policyText(policy: Policy): string {
  return Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources.join(' ')}`)
    .join('; ');
}

/** The API's own: it is no page, and needs nothing. */
const apiPolicy = policyText({ 'default-src': ["'none'"], ...framing });

export async function addSecurityHeaders(app: FastifyInstance): Promise<void> {
  // Helmet would check and put together the same policy for every request.
  await app.register(helmet, { contentSecurityPolicy: false, strictTransportSecurity: false });
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('content-security-policy', apiPolicy);
  });
}

/** Every answer of this scope gets this policy instead. */
export function usePolicy(scope: FastifyInstance, policy: Policy): void {
  const text = policyText(policy);
  scope.addHook('onSend', async (_request, reply, payload) => {
    reply.header('content-security-policy', text);
    return payload;
  });
}
