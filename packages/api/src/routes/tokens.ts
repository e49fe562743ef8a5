// Signs viewer tokens for backends without a JWT library. A token grants access until it expires, so an answer stored for an
// Idempotency-Key is encrypted.
import { DanmuxError } from '@danmux/protocol';
import { tokenReply, tokenRequest } from '@danmux/protocol/schemas';
import { type Runtime, signViewerToken } from '@danmux/runtime';
import { checkRooms } from '../auth/room-access.ts';
import type { TypedApp } from '../http/validation.ts';
import { documented, idempotencyHeaders, postCodes, success, withExamples } from './documented.ts';

const defaultTtlS = 3_600;

const tokenSchema = {
  summary: 'Sign a viewer token',
  description:
    'For backends without a JWT library. Tokens are not stored and cannot be revoked; a token is valid until it expires. A token signed with a key for some rooms does not receive messages to its user (`@me`). ' +
    'The response stored for an `Idempotency-Key` is encrypted under `viewer.token_secret`: `conflict` when that setting has changed since.',
  tags: ['tokens'],
  headers: idempotencyHeaders,
  body: withExamples(tokenRequest, { 'one hour, some rooms': { sub: 'u42', name: '小明', level: 12, rooms: ['live:*'], ttl_s: 3_600 } }),
  response: {
    200: success(tokenReply, 'The token, and the time it expires', { token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.…', expires_at: 1_767_229_200_000 }),
    ...documented([...postCodes, 'conflict']),
  },
};

export function addTokenRoute(app: TypedApp, runtime: Runtime): void {
  app.post('/v1/tokens', { schema: tokenSchema, config: { scope: 'publish', rooms: 'each', secretAnswer: true } }, async (request) => {
    const { token_max_ttl_s: maxTtlS } = runtime.config.viewer;
    const { ttl_s = Math.min(defaultTtlS, maxTtlS), ...claims } = request.body;
    if (ttl_s > maxTtlS) throw new DanmuxError('invalid_request', { message: `body: ttl_s is above ${maxTtlS} s, the setting viewer.token_max_ttl_s.` });
    for (const pattern of claims.rooms ?? ['*']) checkRooms(request, pattern);
    // Messages to a user belong to no room of a key, so a token signed with a key limited to some rooms must not receive them (`own: false`).
    const limited = request.apiKey?.rooms === undefined ? {} : { own: false };
    const { token, expiresAt } = await signViewerToken(runtime.config.viewer, { ...claims, ...limited }, ttl_s, runtime.clock.now());
    return { token, expires_at: expiresAt };
  });
}
