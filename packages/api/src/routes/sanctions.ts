// Mutes and bans: the same four routes for each, in one room and in all.
import { checkRoomName, DanmuxError, type ErrorCode, limits } from '@danmux/protocol';
import { bansReply, mutesReply, type SanctionRequest, sanctionReply, sanctionRequest, sanctionsQuery } from '@danmux/protocol/schemas';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { pageSize } from '../http/paging.ts';
import type { TypedApp } from '../http/validation.ts';
import { type Decision, find, impose, lift, list, type Place } from '../moderation/sanctions.ts';
import type { Services } from '../services.ts';
import { bodyCodes, documented, roomParams, roomUserParams, success, userParams, withExamples } from './documented.ts';

interface Kind {
  readonly kind: 'mute' | 'ban';
  readonly plural: 'mutes' | 'bans';
  readonly does: string;
}
const kinds: readonly Kind[] = [
  { kind: 'mute', plural: 'mutes', does: 'sees the room and may not send' },
  { kind: 'ban', plural: 'bans', does: 'is sent away and may not come in' },
];

interface RoutePlace {
  readonly prefix: '/v1/rooms/:room' | '/v1';
  readonly phrase: string;
  readonly codes: readonly ErrorCode[];
  readonly example: { readonly room?: string };
}
const places: readonly RoutePlace[] = [
  { prefix: '/v1/rooms/:room', phrase: 'in a room', codes: ['invalid_room'], example: { room: 'live:1001' } },
  { prefix: '/v1', phrase: 'in every room', codes: [], example: {} },
];

export function addSanctionRoutes(app: TypedApp, services: Services): void {
  for (const where of places) {
    for (const kind of kinds) {
      addList(app, services, where, kind);
      addOne(app, services, where, kind);
    }
  }
}

function addList(app: TypedApp, services: Services, { prefix, phrase, codes, example }: RoutePlace, { kind, plural }: Kind): void {
  const schema = {
    summary: `The ${plural} ${phrase}`,
    description: 'Those in force, by user. Give the `cursor` of a page to read the next one.',
    tags: ['moderation'],
    params: prefix === '/v1' ? Type.Object({}) : roomParams,
    querystring: sanctionsQuery,
    response: {
      200: success(kind === 'mute' ? mutesReply : bansReply, 'One page', { [plural]: [exampleOf(example)], cursor: null }),
      ...documented(['invalid_request', ...codes, 'unavailable']),
    },
  };
  app.get(`${prefix}/${plural}`, { schema, config: { scope: 'read' } }, async (request) => {
    const { cursor, limit } = request.query;
    const page = await list(services, placeOf(request), kind, cursor, pageSize(limit, limits.listPage));
    return { [plural]: page.found, cursor: page.cursor } as never;
  });
}

function addOne(app: TypedApp, services: Services, { prefix, phrase, codes, example }: RoutePlace, { kind, plural, does }: Kind): void {
  const url = `${prefix}/${plural}/:user`;
  const one = { tags: ['moderation'], params: prefix === '/v1' ? userParams : roomUserParams };
  const put = {
    ...one,
    summary: `${verb(kind)} a user ${phrase}`,
    description: `From within a second the user ${does}, and is told by a \`notice\`. Again: the new time and reason.`,
    body: withExamples(sanctionRequest, { 'ten minutes': { for_ms: 600_000, reason: '刷屏' }, 'until it is lifted': {} }),
    response: { 200: success(sanctionReply, 'In force', exampleOf(example)), ...documented([...bodyCodes, ...codes]) },
  };
  const missing = documented(['invalid_request', ...codes, 'not_found', 'unavailable']);
  const get = {
    ...one,
    summary: `The ${kind} of a user ${phrase}`,
    description: 'With its reason, by whom, since when and until when.',
    response: { 200: success(sanctionReply, 'It is in force', exampleOf(example)), ...missing },
  };
  const remove = {
    ...one,
    summary: `Lift the ${kind} of a user ${phrase}`,
    description: `${place(phrase)} The user is told by a \`notice\`.`,
    response: { 200: success(sanctionReply, 'What was lifted', exampleOf(example)), ...missing },
  };
  app.put(url, { schema: put, config: { scope: 'moderate' } }, async (request) =>
    impose(services, placeOf(request), kind, userOf(request), decisionOf(services, request, request.body)),
  );
  app.get(url, { schema: get, config: { scope: 'read' } }, async (request) => find(services, placeOf(request), kind, userOf(request)));
  app.delete(url, { schema: remove, config: { scope: 'moderate' } }, async (request) => lift(services, placeOf(request), kind, userOf(request), request.keyId));
}

const verb = (kind: Kind['kind']) => (kind === 'mute' ? 'Mute' : 'Ban');
const place = (phrase: string) => (phrase === 'in a room' ? 'One that is in force in every room stays.' : 'Those of single rooms stay.');
const exampleOf = (room: { readonly room?: string }) => ({
  user: 'u42',
  ...room,
  reason: '刷屏',
  by: 'default',
  at: 1_767_225_600_000,
  until: 1_767_226_200_000,
});

/** The room of the path, validated; undefined on a route over all rooms. */
export function placeOf({ params }: FastifyRequest): Place {
  const { room } = params as { readonly room?: string };
  return room === undefined ? {} : { room: checkRoomName(room) };
}

function userOf({ params }: FastifyRequest): string {
  return (params as { readonly user: string }).user;
}

function decisionOf({ runtime }: Services, request: FastifyRequest, { for_ms: forMs, until, reason, by = request.keyId }: SanctionRequest): Decision {
  if (forMs !== undefined && until !== undefined) throw new DanmuxError('invalid_request', { message: 'body: give for_ms or until, not both.' });
  const now = runtime.clock.now();
  if (until !== undefined && until <= now) throw new DanmuxError('invalid_request', { message: 'body: until has passed.' });
  const end = forMs === undefined ? until : now + forMs;
  return { by, at: now, ...(reason === undefined ? {} : { reason }), ...(end === undefined ? {} : { until: end }) };
}
