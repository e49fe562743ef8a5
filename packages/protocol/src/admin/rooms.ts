// Rooms as a backend sees them: which are online, one with its modes, its members and its history.
import { type Static, type TSchema, Type } from 'typebox';
import { limits } from '../limits.ts';
import type { RoomModes } from '../moderation.ts';
import type { MsgPart } from '../publication.ts';
import { fromSchema, instant, laneSchema, nextCursor, pageQuery, strict } from './fields.ts';
import { laneRates } from './stats.ts';

const online = Type.Integer({ description: 'Connections in the room, all edges' });
const positionSchema = Type.Object({ epoch: Type.String(), offset: Type.Integer() });

const modeFields = {
  slow_ms: Type.Integer({ minimum: 1, maximum: limits.modeMs, description: 'One message a user in so many milliseconds' }),
  members_only: Type.Boolean({ description: 'Only users with a role of moderation.member_roles may send' }),
  min_level: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Only users of at least this level may send' }),
  mute_all: Type.Boolean({ description: 'Nobody may send' }),
  unique: Type.Boolean({ description: 'The same text of one user is not accepted twice within 30 s' }),
  chat_per_second: Type.Number({ minimum: 0.01, maximum: 100_000, description: 'Chat messages a second the viewers are sent' }),
  send_per_minute: Type.Integer({ minimum: 1, maximum: 100_000, description: 'Messages a minute one user may send' }),
  max_online: Type.Integer({ minimum: 1, maximum: 100_000_000, description: 'Connections; a join past it is refused' }),
} satisfies Record<keyof RoomModes, TSchema>;

/** What is not there does not limit. Roles of moderation.exempt_roles are exempt from all but `max_online`. */
export const modesSchema = Type.Unsafe<RoomModes>(
  Type.Object(
    mapFields((schema) => Type.Optional(schema)),
    strict,
  ),
);
const modesChange = Type.Unsafe<ModesChange>(
  Type.Object(
    mapFields((schema) => Type.Optional(Type.Union([schema, Type.Null()]))),
    { ...strict, description: 'Merged into the modes of the room; null removes one' },
  ),
);

export const roomPatch = Type.Object({ modes: modesChange }, strict);

/** What the relays of the room counted. */
const roomTraffic = Type.Object(
  {
    at: instant('When the relay said so'),
    per_second: laneRates,
    sequenced: Type.Record(Type.String(), Type.Integer(), { description: 'By lane' }),
    shed: Type.Record(Type.String(), Type.Record(Type.String(), Type.Integer()), { description: 'By lane, then by reason' }),
  },
  {
    description:
      'What relays counted in the room, five seconds old at most; absent when it was quiet for an hour. Messages that a full ingress dropped, and the last seconds of a relay that died, are in the ledger of the cluster alone.',
  },
);

export const roomReply = Type.Object({
  room: Type.String(),
  online,
  users: Type.Integer({ description: 'Distinct users in the room; an estimate where the member list is not complete' }),
  modes: modesSchema,
  positions: Type.Record(Type.String(), positionSchema),
  traffic: Type.Optional(roomTraffic),
});
export const roomModesReply = Type.Object({ room: Type.String(), modes: modesSchema });

export const roomsQuery = Type.Object(
  {
    prefix: Type.Optional(Type.String({ minLength: 1, maxLength: limits.roomName, description: 'Only rooms whose names begin so' })),
    sort: Type.Optional(Type.Union([Type.Literal('name'), Type.Literal('online')], { description: '`name` (default), or `online`: the fullest first' })),
    ...pageQuery(limits.roomsPage),
  },
  strict,
);
export const roomsReply = Type.Object({
  rooms: Type.Array(Type.Object({ room: Type.String(), online, per_second: Type.Optional(laneRates) })),
  cursor: nextCursor,
  total: Type.Integer({ description: 'Rooms with a viewer online that match' }),
});

export const membersQuery = Type.Object(pageQuery(limits.membersPage), strict);
export const membersReply = Type.Object({
  online,
  users: Type.Integer({ description: 'Distinct users; an estimate unless `complete`' }),
  members: Type.Array(
    Type.Object(
      { ...fromSchema.properties, guest: Type.Optional(Type.Literal(true, { description: 'It came without a token' })) },
      { additionalProperties: true },
    ),
    { description: 'Highest level first, then by id' },
  ),
  cursor: nextCursor,
  complete: Type.Boolean({ description: 'The pages name every user; false when a large room names its highest levels and a sample' }),
});

export const historyQuery = Type.Object(
  {
    lane: Type.Optional(
      Type.Union([Type.Literal('control'), Type.Literal('gift'), Type.Literal('chat')], { default: 'chat', description: 'A lane with history' }),
    ),
    before: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,15}$', description: 'Only messages with a lower offset' })),
    limit: pageQuery(limits.historyPage).limit,
  },
  strict,
);

export const msgSchema = Type.Object(
  {
    id: Type.String(),
    lane: laneSchema,
    offset: Type.Optional(Type.Integer()),
    type: Type.String(),
    from: Type.Optional(fromSchema),
    data: Type.Unknown(),
    ts: Type.Integer({ description: 'Milliseconds since 1970' }),
    receipt: Type.Optional(Type.Boolean()),
    expires_at: Type.Optional(Type.Integer()),
    parts: Type.Optional(
      Type.Unsafe<readonly MsgPart[]>(
        Type.Array(Type.Object({ id: Type.String(), count: Type.Number({ description: 'A positive integer' }) }), {
          description: 'Of a message that stands for several gifts of a combo: each one’s id and count; each is recalled by its own id',
        }),
      ),
    ),
  },
  { additionalProperties: true },
);
export const historyReply = Type.Object({ msgs: Type.Array(msgSchema), more: Type.Boolean() });

function mapFields(wrap: (schema: TSchema) => TSchema): Record<string, TSchema> {
  return Object.fromEntries(Object.entries(modeFields).map(([name, schema]) => [name, wrap(schema)]));
}

/** Null removes a mode. */
export type ModesChange = { readonly [K in keyof RoomModes]?: RoomModes[K] | null };
export type RoomReply = Static<typeof roomReply>;
export type HistoryQuery = Static<typeof historyQuery>;
export type RoomsQuery = Static<typeof roomsQuery>;
