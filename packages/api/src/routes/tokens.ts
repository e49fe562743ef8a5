// Viewer tokens for backends without a JWT library.
import { type TokenRequest, tokenReply, tokenRequest } from '@danmux/protocol/schemas';
import { type Runtime, signViewerToken } from '@danmux/runtime';
import type { FastifyInstance } from 'fastify';
import { documented, idempotencyHeaders } from './documented.ts';

const defaultTtlS = 3_600;

export function addTokenRoute(app: FastifyInstance, runtime: Runtime): void {
  app.post<{ Body: TokenRequest }>(
    '/v1/tokens',
    {
      schema: {
        summary: 'Sign a viewer token',
        tags: ['tokens'],
        headers: idempotencyHeaders,
        body: tokenRequest,
        response: {
          200: tokenReply,
          ...documented([
            'invalid_request',
            'invalid_json',
            'idempotency_in_flight',
            'too_large',
            'unsupported_media_type',
            'idempotency_mismatch',
            'unavailable',
          ]),
        },
      },
    },
    async ({ body: { ttl_s = defaultTtlS, ...claims } }) => {
      const { token, expiresAt } = await signViewerToken(runtime.config.viewer, claims, ttl_s, runtime.clock.now());
      return { token, expires_at: expiresAt };
    },
  );
}
