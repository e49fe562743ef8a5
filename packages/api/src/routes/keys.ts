// Manages API keys at run time: create, list, rotate, delete. A key is returned only once; an answer stored for an Idempotency-Key is encrypted.
import { DanmuxError } from '@danmux/protocol';
import {
  type KeySelfReply,
  type KeysReply,
  keyId,
  keyRemoveReply,
  keyRequest,
  keyRotateReply,
  keyRotateRequest,
  keySecretReply,
  keySelfExample,
  keySelfReply,
  keysReply,
} from '@danmux/protocol/schemas';
import type { Clock } from '@danmux/runtime';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type ApiKey, isLive } from '../auth/api-key.ts';
import type { Keys } from '../auth/auth.ts';
import type { TypedApp } from '../http/validation.ts';
import { documented, idempotencyHeaders, success, withExamples } from './documented.ts';

const defaultGraceMs = 3_600_000;
const keyParams = Type.Object({ id: { ...keyId, examples: ['shop'] } });
const secret = { key: 'dmx_2vGk…', signing_secret: 'dms_9sXq…' };
const postCodes = [
  'invalid_request',
  'invalid_json',
  'idempotency_in_flight',
  'idempotency_mismatch',
  'conflict',
  'too_large',
  'unsupported_media_type',
] as const;

const createSchema = {
  summary: 'Create a key',
  description: 'Every api accepts the key within a second. This is the only response that contains the key and its signing secret.',
  tags: ['keys'],
  headers: idempotencyHeaders,
  body: withExamples(keyRequest, {
    'a backend of some rooms': { id: 'shop', scopes: ['publish', 'read'], rooms: ['live:*'] },
    'a moderation tool on another network': { id: 'mods', scopes: ['moderate', 'read'], signed_only: true },
    'a watch key for the OBS page of a room': { id: 'obs-1001', scopes: ['watch'], rooms: ['live:1001'] },
  }),
  response: { 201: success(keySecretReply, 'The key and its signing secret', { id: 'shop', ...secret }), ...documented(postCodes) },
};

const listSchema = {
  summary: 'List keys, without their secrets',
  description: 'Keys of the config (change them there) and keys created by this API.',
  tags: ['keys'],
  response: {
    200: success(keysReply, 'All keys', {
      keys: [
        { id: 'default', scopes: ['admin'], signed_only: false, source: 'config', last_used_at: 1_767_225_600_000 },
        { id: 'shop', scopes: ['publish', 'read'], rooms: ['live:*'], signed_only: false, source: 'store', created_at: 1_767_225_600_000, last_used_at: null },
      ],
    }),
    ...documented([]),
  },
};

const selfSchema = {
  summary: 'Show the key of this request',
  description: 'The scopes and rooms of the key, and whether the request is signed. Works with every key but watch keys.',
  tags: ['keys'],
  response: { 200: success(keySelfReply, 'The key of this request', keySelfExample), ...documented([]) },
};

const rotateSchema = {
  summary: 'Rotate a key',
  description:
    'Returns a new secret; the old secret works for another `grace_ms`. During that time another rotation is a `conflict`, except with `grace_ms: 0`, which ends every old secret immediately.',
  tags: ['keys'],
  params: keyParams,
  headers: idempotencyHeaders,
  body: withExamples(keyRotateRequest, { 'the old secret works for another hour': {}, 'the old secret ends now': { grace_ms: 0 } }),
  response: {
    200: success(keyRotateReply, 'The new secrets', { id: 'shop', ...secret, old_until: 1_767_229_200_000 }),
    ...documented([...postCodes, 'not_found']),
  },
};

const removeSchema = {
  summary: 'Delete a key',
  description:
    'Every api refuses the key within a second, and every edge closes the connections of a watch key within two. `conflict` for a key of the config: remove it there.',
  tags: ['keys'],
  params: keyParams,
  response: {
    200: success(keyRemoveReply, 'The key is deleted', { id: 'shop', removed: true }),
    ...documented(['invalid_request', 'not_found', 'conflict']),
  },
};

export function addKeyRoutes(app: TypedApp, { clock }: { readonly clock: Clock }, { keyring, store, sync, use }: Keys): void {
  app.post('/v1/keys', { schema: createSchema, config: { scope: 'admin', secretAnswer: true } }, async (request, reply) => {
    const { id, key, signingSecret } = await store.make(request.body);
    await sync.refresh();
    return reply.status(201).send({ id, key, signing_secret: signingSecret });
  });

  app.get('/v1/keys', { schema: listSchema, config: { scope: 'admin' } }, async (): Promise<KeysReply> => {
    const [times] = await Promise.all([use.times(), sync.refresh()]);
    const now = clock.now();
    return { keys: [...keyring.all()].filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now).map((key) => keyRow(key, times, now)) };
  });

  app.get('/v1/keys/me', { schema: selfSchema, config: { scope: 'any', rooms: 'each' } }, async (request): Promise<KeySelfReply> => {
    return { ...keyRow(callerKey(request), await use.times(), clock.now()), signed: request.signedBy !== null };
  });

  app.post('/v1/keys/:id/rotate', { schema: rotateSchema, config: { scope: 'admin', secretAnswer: true } }, async (request) => {
    const { id } = request.params;
    const { key, signingSecret, until } = await store.rotate(id, request.body.grace_ms ?? defaultGraceMs);
    await sync.refresh();
    return { id, key, signing_secret: signingSecret, old_until: until };
  });

  app.delete('/v1/keys/:id', { schema: removeSchema, config: { scope: 'admin' } }, async ({ params: { id } }) => {
    await store.remove(id);
    await Promise.all([sync.refresh(), use.forget(id)]);
    return { id, removed: true as const };
  });
}

function callerKey({ apiKey }: FastifyRequest): ApiKey {
  // Unreachable: the hooks refuse requests without a key.
  if (!apiKey) throw new DanmuxError('unauthorized');
  return apiKey;
}

function keyRow(key: ApiKey, times: ReadonlyMap<string, number>, now: number): KeysReply['keys'][number] {
  const { id, scopes, rooms, signedOnly, source, createdAt, expiresAt, digests } = key;
  const oldUntil = digests.find((digest) => digest.until !== undefined && isLive(digest, now))?.until;
  return {
    id,
    scopes: [...scopes],
    ...(rooms ? { rooms: [...rooms] } : {}),
    signed_only: signedOnly,
    source,
    ...(createdAt === undefined ? {} : { created_at: createdAt }),
    ...(expiresAt === undefined ? {} : { expires_at: expiresAt }),
    ...(oldUntil === undefined ? {} : { old_until: oldUntil }),
    last_used_at: times.get(id) ?? null,
  };
}
