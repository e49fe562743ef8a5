// Kicks a user out of one room or out of all rooms, optionally with a temporary ban.
import { kickRequest, roomKickRequest, sanctionReply } from '@danmux/protocol/schemas';
import type { FastifyRequest } from 'fastify';
import type { TypedApp } from '../http/validation.ts';
import { type Decision, kick } from '../moderation/sanctions.ts';
import type { Services } from '../services.ts';
import { documented, idempotencyHeaders, postCodes, roomParams, success, userParams, withExamples } from './documented.ts';
import { placeOf } from './sanctions.ts';

const example = { user: 'u42', reason: '广告', by: 'default', at: 1_767_225_600_000, until: 1_767_225_900_000 };

const roomSchema = {
  summary: 'Kick a user out of a room',
  description: 'All connections of the user leave the room within a second and get a `notice`. The user can join again, with `ban_ms` after that time.',
  tags: ['moderation'],
  params: roomParams,
  headers: idempotencyHeaders,
  body: withExamples(roomKickRequest, { 'for five minutes': { user: 'u42', reason: '广告', ban_ms: 300_000 } }),
  response: {
    200: success(sanctionReply, 'The user is kicked; `until` is the end of the ban', { ...example, room: 'live:1001' }),
    ...documented([...postCodes, 'invalid_room']),
  },
};

const userSchema = {
  summary: 'Kick a user out of every room',
  description: 'All connections of the user get a `notice` and are closed within a second. The user can connect again, with `ban_ms` after that time.',
  tags: ['moderation'],
  params: userParams,
  headers: idempotencyHeaders,
  body: withExamples(kickRequest, { 'for five minutes': { reason: '广告', ban_ms: 300_000 } }),
  response: { 200: success(sanctionReply, 'The user is kicked; `until` is the end of the ban', example), ...documented(postCodes) },
};

export function addKickRoutes(app: TypedApp, services: Services): void {
  app.post('/v1/rooms/:room/kick', { schema: roomSchema, config: { scope: 'moderate' } }, async (request) => {
    const { user, ban_ms, ...details } = request.body;
    return kick(services, placeOf(request), user, decisionOf(services, request, details), ban_ms);
  });

  app.post('/v1/users/:user/kick', { schema: userSchema, config: { scope: 'moderate' } }, async (request) => {
    const { ban_ms, ...details } = request.body;
    return kick(services, {}, request.params.user, decisionOf(services, request, details), ban_ms);
  });
}

function decisionOf({ runtime }: Services, { keyId }: FastifyRequest, { reason, by = keyId }: { reason?: string; by?: string }): Omit<Decision, 'until'> {
  return { by, at: runtime.clock.now(), ...(reason === undefined ? {} : { reason }) };
}
