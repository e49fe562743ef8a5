// API keys made at run time. A key is shown once; an answer stored for its Idempotency-Key is sealed.
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

const makeSchema = {
  summary: 'Make a key',
  description: 'In force on every api within a second. Its text and its signing secret are told here and never again.',
  tags: ['keys'],
  headers: idempotencyHeaders,
  body: withExamples(keyRequest, {
    'a backend of some rooms': { id: 'shop', scopes: ['publish', 'read'], rooms: ['live:*'] },
    'a moderation tool on another network': { id: 'mods', scopes: ['moderate', 'read'], signed_only: true },
  }),
  response: { 201: success(keySecretReply, 'Made', { id: 'shop', ...secret }), ...documented(postCodes) },
};

const listSchema = {
  summary: 'The keys, without their secrets',
  description: 'Those of the config, which change only there, and those made here.',
  tags: ['keys'],
  response: {
    200: success(keysReply, 'Of config and store', {
      keys: [
        { id: 'default', scopes: ['admin'], signed_only: false, source: 'config', last_used_at: 1_767_225_600_000 },
        { id: 'shop', scopes: ['publish', 'read'], rooms: ['live:*'], signed_only: false, source: 'store', created_at: 1_767_225_600_000, last_used_at: null },
      ],
    }),
    ...documented([]),
  },
};

const selfSchema = {
  summary: 'The key that asks',
  description: 'What it may do and in which rooms, however it proved itself: bare or signed. Every key may ask.',
  tags: ['keys'],
  response: { 200: success(keySelfReply, 'Of the key of this request', keySelfExample), ...documented([], ['forbidden']) },
};

const rotateSchema = {
  summary: 'Give a key a second secret',
  description: 'The old one works until its grace is over. While it does, only `grace_ms: 0` rotates again, which ends all but the new one.',
  tags: ['keys'],
  params: keyParams,
  headers: idempotencyHeaders,
  body: withExamples(keyRotateRequest, { 'in an hour': {}, 'at once': { grace_ms: 0 } }),
  response: {
    200: success(keyRotateReply, 'The new secrets', { id: 'shop', ...secret, old_until: 1_767_229_200_000 }),
    ...documented([...postCodes, 'not_found']),
  },
};

const removeSchema = {
  summary: 'End a key',
  description: 'In force on every api within a second; a key of the config ends only there.',
  tags: ['keys'],
  params: keyParams,
  response: {
    200: success(keyRemoveReply, 'It opens nothing any more', { id: 'shop', removed: true }),
    ...documented(['invalid_request', 'not_found', 'conflict']),
  },
};

export function addKeyRoutes(app: TypedApp, { clock }: { readonly clock: Clock }, { keyring, desk, followed, use }: Keys): void {
  app.post('/v1/keys', { schema: makeSchema, config: { scope: 'admin', secretAnswer: true } }, async (request, reply) => {
    const { key, signingSecret } = await desk.make(request.body);
    await followed.refresh();
    return reply.status(201).send({ id: request.body.id, key, signing_secret: signingSecret });
  });

  app.get('/v1/keys', { schema: listSchema, config: { scope: 'admin' } }, async (): Promise<KeysReply> => {
    const [times] = await Promise.all([use.times(), followed.refresh()]);
    const now = clock.now();
    return { keys: [...keyring.all()].filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now).map((key) => keyRow(key, times, now)) };
  });

  app.get('/v1/keys/me', { schema: selfSchema, config: { scope: 'any', rooms: 'each' } }, async (request): Promise<KeySelfReply> => {
    return { ...keyRow(callerKey(request), await use.times(), clock.now()), signed: request.signedBy !== null };
  });

  app.post('/v1/keys/:id/rotate', { schema: rotateSchema, config: { scope: 'admin', secretAnswer: true } }, async (request) => {
    const { id } = request.params;
    const { key, signingSecret, until } = await desk.rotate(id, request.body.grace_ms ?? defaultGraceMs);
    await followed.refresh();
    return { id, key, signing_secret: signingSecret, old_until: until };
  });

  app.delete('/v1/keys/:id', { schema: removeSchema, config: { scope: 'admin' } }, async ({ params: { id } }) => {
    await desk.remove(id);
    await Promise.all([followed.refresh(), use.forget(id)]);
    return { id, removed: true as const };
  });
}

function callerKey({ apiKey }: FastifyRequest): ApiKey {
  // The hooks refuse requests without a key.
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
