// Lists, sets, gets and lifts mutes and bans; each route exists for one room and for all rooms.
import { checkRoomName, DanmuxError, type ErrorCode } from '@danmux/protocol';
import {
  type BanRequest,
  banRequest,
  bansReply,
  mutesReply,
  type SanctionRequest,
  sanctionReply,
  sanctionRequest,
  sanctionsQuery,
} from '@danmux/protocol/schemas';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { defaultPage } from '../http/paging.ts';
import type { TypedApp } from '../http/validation.ts';
import { recallEverywhere, recallInRoom } from '../moderation/bulk-recall.ts';
import { type Decision, find, impose, lift, list, type Place } from '../moderation/sanctions.ts';
import type { Services } from '../services.ts';
import { bodyCodes, documented, roomParams, roomUserParams, success, userParams, withExamples } from './documented.ts';

interface Kind {
  readonly kind: 'mute' | 'ban';
  readonly plural: 'mutes' | 'bans';
  readonly effect: string;
}
const kinds: readonly Kind[] = [
  { kind: 'mute', plural: 'mutes', effect: 'can watch but not send' },
  { kind: 'ban', plural: 'bans', effect: 'is removed and cannot join' },
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
    summary: `List the ${plural} ${phrase}`,
    description: `Active ${plural}, sorted by user. Pass the \`cursor\` of a page to read the next page.`,
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
    const page = await list(services, placeOf(request), kind, cursor, limit ?? defaultPage);
    return { [plural]: page.found, cursor: page.cursor } as never;
  });
}

function addOne(app: TypedApp, services: Services, { prefix, phrase, codes, example }: RoutePlace, { kind, plural, effect }: Kind): void {
  const url = `${prefix}/${plural}/:user`;
  const one = { tags: ['moderation'], params: prefix === '/v1' ? userParams : roomUserParams };
  const put = {
    ...one,
    summary: `${verb(kind)} a user ${phrase}`,
    description: `Within a second the user ${effect}, and gets a \`notice\`. Repeating the request replaces time and reason.`,
    body: bodyOf(kind),
    response: {
      200: success(sanctionReply, `The ${kind}`, exampleOf(example)),
      ...documented([...bodyCodes, ...codes, ...(kind === 'ban' ? (['lane_full'] as const) : [])]),
    },
  };
  const missing = documented(['invalid_request', ...codes, 'not_found', 'unavailable']);
  const get = {
    ...one,
    summary: `Get the ${kind} of a user ${phrase}`,
    description: `Reason, moderator, start and end of the ${kind}.`,
    response: { 200: success(sanctionReply, `The ${kind}`, exampleOf(example)), ...missing },
  };
  const remove = {
    ...one,
    summary: `Lift the ${kind} of a user ${phrase}`,
    description: `${untouched(kind, phrase)} The user gets a \`notice\`.`,
    response: { 200: success(sanctionReply, `The lifted ${kind}`, exampleOf(example)), ...missing },
  };
  app.put(url, { schema: put, config: { scope: 'moderate' } }, async (request) => {
    const imposed = await impose(services, placeOf(request), kind, userOf(request), decisionOf(services, request, request.body));
    if (!('recall' in request.body) || !request.body.recall) return imposed;
    const { count } = await recallOf(services, request);
    return { ...imposed, recalled: count };
  });
  app.get(url, { schema: get, config: { scope: 'read' } }, async (request) => find(services, placeOf(request), kind, userOf(request)));
  app.delete(url, { schema: remove, config: { scope: 'moderate' } }, async (request) => lift(services, placeOf(request), kind, userOf(request), request.keyId));
}

function bodyOf(kind: Kind['kind']): typeof sanctionRequest | typeof banRequest {
  const examples = { 'ten minutes': { for_ms: 600_000, reason: '刷屏' }, 'until it is lifted': {} };
  return kind === 'mute' ? withExamples(sanctionRequest, examples) : withExamples(banRequest, { ...examples, 'and recall all messages': { recall: true } });
}

/** Recalls the messages of the user in the path: in the room of the path, or in every room. */
function recallOf(services: Services, request: FastifyRequest): Promise<{ readonly count: number }> {
  const { room } = placeOf(request);
  const user = userOf(request);
  return room === undefined ? recallEverywhere(services, request, user) : recallInRoom(services, request, room, { user });
}

const verb = (kind: Kind['kind']) => (kind === 'mute' ? 'Mute' : 'Ban');
const untouched = (kind: string, phrase: string) =>
  phrase === 'in a room' ? `A ${kind} in every room stays active.` : `A ${kind} in a single room stays active.`;
const exampleOf = (room: { readonly room?: string }) => ({
  user: 'u42',
  ...room,
  reason: '刷屏',
  by: 'default',
  at: 1_767_225_600_000,
  until: 1_767_226_200_000,
});

/** The validated room in the path. On a route for all rooms, whose path has no room, the place has none either. */
export function placeOf({ params }: FastifyRequest): Place {
  const { room } = params as { readonly room?: string };
  return room === undefined ? {} : { room: checkRoomName(room) };
}

function userOf({ params }: FastifyRequest): string {
  return (params as { readonly user: string }).user;
}

function decisionOf(
  { runtime }: Services,
  request: FastifyRequest,
  { for_ms: forMs, until, reason, by = request.keyId }: SanctionRequest | BanRequest,
): Decision {
  if (forMs !== undefined && until !== undefined) throw new DanmuxError('invalid_request', { message: 'body: give for_ms or until, not both.' });
  const now = runtime.clock.now();
  if (until !== undefined && until <= now) throw new DanmuxError('invalid_request', { message: 'body: until must be in the future.' });
  const end = forMs === undefined ? until : now + forMs;
  return { by, at: now, ...(reason === undefined ? {} : { reason }), ...(end === undefined ? {} : { until: end }) };
}
