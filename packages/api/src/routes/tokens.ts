// Signs viewer tokens for backends without a JWT library. A token grants access until it expires, so an answer stored for an
// Idempotency-Key is encrypted.
import { watchMark } from '@danmux/policy';
import { checkRoomName, DanmuxError, limits } from '@danmux/protocol';
import { tokenReply, tokenRequest, watchTokenReply, watchTokenRequest } from '@danmux/protocol/schemas';
import { type Runtime, signViewerToken } from '@danmux/runtime';
import type { FastifyRequest } from 'fastify';
import { digestOf } from '../auth/api-key.ts';
import { credentialsOf } from '../auth/credentials.ts';
import { checkRoom, checkRooms } from '../auth/room-access.ts';
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

const watchSchema = {
  summary: 'Sign a token that only watches one room',
  description:
    'For pages such as the OBS overlay, which hold a watch key in their URL. The token lasts an hour at most, watches the room of the key, sends nothing and has no personal messages. ' +
    'When the watch key is deleted, every edge closes the connections of its tokens within two seconds. The page renews its token by the event `auth`.',
  tags: ['tokens'],
  headers: idempotencyHeaders,
  body: withExamples(watchTokenRequest, { 'with a watch key': {}, 'with another key': { room: 'live:1001', ttl_s: 600 } }),
  response: {
    200: success(watchTokenReply, 'The token, the time it expires, and its room', {
      token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.…',
      expires_at: 1_767_229_200_000,
      room: 'live:1001',
    }),
    ...documented([...postCodes, 'conflict', 'invalid_room']),
  },
};

export function addTokenRoute(app: TypedApp, runtime: Runtime): void {
  app.post('/v1/tokens', { schema: tokenSchema, config: { scope: 'publish', rooms: 'each', secretAnswer: true } }, async (request) => {
    const { token_max_ttl_s: maxTtlS } = runtime.config.viewer;
    const { ttl_s = Math.min(defaultTtlS, maxTtlS), ...claims } = request.body;
    if (ttl_s > maxTtlS) throw new DanmuxError('invalid_request', { message: `body: ttl_s is above ${maxTtlS} s, the setting viewer.token_max_ttl_s.` });
    for (const pattern of claims.rooms ?? ['*']) checkRooms(request, pattern);
    // A message to a user belongs to none of the rooms to which a key can be limited. A token signed with a limited key must therefore not
    // receive messages to its user (`own: false`).
    const limited = request.apiKey?.rooms === undefined ? {} : { own: false };
    const { token, expiresAt } = await signViewerToken(runtime.config.viewer, { ...claims, ...limited }, ttl_s, runtime.clock.now());
    return { token, expires_at: expiresAt };
  });

  app.post('/v1/tokens/watch', { schema: watchSchema, config: { scope: 'watch', rooms: 'each', secretAnswer: true } }, async (request) => {
    const { ttl_s = defaultTtlS } = request.body;
    const { room, ...holder } = watcherOf(request, request.body.room);
    const ttlS = Math.min(ttl_s, runtime.config.viewer.token_max_ttl_s);
    const { token, expiresAt } = await signViewerToken(runtime.config.viewer, { ...holder, rooms: [room], send: false, own: false }, ttlS, runtime.clock.now());
    return { token, expires_at: expiresAt, room };
  });
}

/**
 * Returns the room and the claims of a token that only watches. The claim `watch_key` of a watch key's token contains the start of the digest
 * of the key text in this request. The token therefore becomes invalid when a rotation ends that key text.
 */
function watcherOf(request: FastifyRequest, asked: string | undefined): { room: string; sub: string; watch_key?: string } {
  const { apiKey, keyId } = request;
  const isWatchKey = apiKey?.scopes.includes('watch') === true;
  const room = asked ?? (isWatchKey ? apiKey.rooms?.[0] : undefined);
  if (room === undefined) throw new DanmuxError('invalid_request', { message: 'body: room is required, except with a watch key.' });
  checkRoom(request, checkRoomName(room));
  if (!isWatchKey) return { room, sub: `watch:${room.slice(0, limits.userId - 'watch:'.length)}` };
  const credentials = credentialsOf(request);
  if (!('bare' in credentials)) throw new DanmuxError('forbidden', { message: 'Send the watch key itself; a watch key cannot sign requests.' });
  return { room, sub: `watch:${keyId}`, watch_key: watchMark(keyId, digestOf(credentials.bare).toString('hex')) };
}
