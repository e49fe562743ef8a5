// Security headers of every reply (helmet), and content security policies. The default policy allows nothing, because API replies are
// data. The documentation, the demo, the OBS page and the console each have their own policy.
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

type Policy = Readonly<Record<string, readonly string[]>>;

const framing: Policy = { 'base-uri': ["'none'"], 'form-action': ["'none'"], 'frame-ancestors': ["'none'"] };

/** Swagger UI sets style attributes, so inline styles are allowed; its scripts are files. */
export const docsPolicy: Policy = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  ...framing,
};

/** The demo page connects to edges on other ports and hosts. */
export const demoPolicy: Policy = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'media-src': ["'self'", 'blob:'],
  // video.js embeds its icon font in its style sheet.
  'font-src': ["'self'", 'data:'],
  'connect-src': ["'self'", 'http:', 'https:', 'ws:', 'wss:'],
  ...framing,
};

/** The OBS page loads its own files and connects to edges. It loads no external images and has no inline style. */
export const overlayPolicy: Policy = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ['data:'],
  'connect-src': ["'self'", 'http:', 'https:', 'ws:', 'wss:'],
  ...framing,
};

/** The console loads its own files, calls this API and has no inline style. Only lit templates may create HTML. */
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

/** Default policy, for replies of the API. */
const apiPolicy = policyText({ 'default-src': ["'none'"], ...framing });

export async function addSecurityHeaders(app: FastifyInstance): Promise<void> {
  // Helmet does not set the policy, because it would build the same string again for every request; the hook below sets it.
  await app.register(helmet, { contentSecurityPolicy: false, strictTransportSecurity: false });
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('content-security-policy', apiPolicy);
  });
}

/** Replaces the default policy in the replies of all routes of a Fastify scope. */
export function usePolicy(scope: FastifyInstance, policy: Policy): void {
  const text = policyText(policy);
  scope.addHook('onSend', async (_request, reply, payload) => {
    reply.header('content-security-policy', text);
    return payload;
  });
}
