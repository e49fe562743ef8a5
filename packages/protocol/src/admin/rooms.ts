// Schemas of /v1/rooms: the list of online rooms, and the state, modes, members and history of one room.
import { type Static, type TSchema, Type } from 'typebox';
import { type StreamLane, streamLanes } from '../lanes.ts';
import { limits } from '../limits.ts';
import type { RoomModes } from '../moderation.ts';
import type { MsgPart } from '../publication.ts';
import { fromSchema, instant, laneSchema, nextCursor, pageQuery, strict } from './fields.ts';
import { laneRates } from './stats.ts';

const online = Type.Integer({ description: 'Connections in the room, over all edges' });
const positionSchema = Type.Object({ epoch: Type.String(), offset: Type.Integer() }, { title: 'Position' });

const modeFields = {
  slow_ms: Type.Integer({ minimum: 1, maximum: limits.modeMs, description: 'Minimum time between two messages of a user, in milliseconds' }),
  members_only: Type.Boolean({ description: 'Only users with a role of moderation.member_roles may send' }),
  min_level: Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Only users of at least this level may send' }),
  mute_all: Type.Boolean({ description: 'Nobody may send' }),
  unique: Type.Boolean({ description: 'A user may not send the same text twice within 30 s' }),
  chat_per_second: Type.Number({ minimum: 0.01, maximum: 100_000, description: 'Chat messages sent to viewers per second; the rest is shed' }),
  send_per_minute: Type.Integer({ minimum: 1, maximum: 100_000, description: 'Messages one user may send per minute' }),
  max_online: Type.Integer({ minimum: 1, maximum: 100_000_000, description: 'Maximum number of connections; further joins are refused' }),
} satisfies Record<keyof RoomModes, TSchema>;

/** Modes of a room. An absent mode imposes no limit. Roles in `moderation.exempt_roles` are exempt from every mode except `max_online`. */
export const modesSchema = Type.Unsafe<RoomModes>(
  Type.Object(
    mapFields((schema) => Type.Optional(schema)),
    { ...strict, title: 'RoomModes' },
  ),
);
const modesChange = Type.Unsafe<ModesChange>(
  Type.Object(
    mapFields((schema) => Type.Optional(Type.Union([schema, Type.Null()]))),
    { ...strict, title: 'RoomModesChange', description: 'Merged into the modes of the room; null removes one' },
  ),
);

export const roomPatch = Type.Object({ modes: modesChange }, { ...strict, title: 'RoomPatch' });

/** Message counts of a room, reported by the relays that owned the room's shard. */
const roomTraffic = Type.Object(
  {
    at: instant('When the relay reported these counts'),
    per_second: laneRates,
    sequenced: Type.Record(Type.String(), Type.Integer(), { description: 'By lane' }),
    shed: Type.Record(Type.String(), Type.Record(Type.String(), Type.Integer()), { description: 'By lane, then by reason' }),
  },
  {
    title: 'RoomTraffic',
    description:
      'Counts of the relays for this room, at most five seconds old; absent after an hour without messages. Messages dropped by a full ingress and the last seconds of a crashed relay are missing here; the ledger of the cluster includes them.',
  },
);

export const roomReply = Type.Object(
  {
    room: Type.String(),
    online,
    users: Type.Integer({ description: 'Distinct users in the room; an estimate when the member list is incomplete' }),
    modes: modesSchema,
    positions: Type.Record(Type.String(), positionSchema),
    traffic: Type.Optional(roomTraffic),
  },
  { title: 'Room' },
);
export const roomModesReply = Type.Object({ room: Type.String(), modes: modesSchema }, { title: 'ChangedRoom' });

export const roomsQuery = Type.Object(
  {
    prefix: Type.Optional(Type.String({ minLength: 1, maxLength: limits.roomName, description: 'Only rooms whose names start with this text' })),
    sort: Type.Optional(Type.Union([Type.Literal('name'), Type.Literal('online')], { description: '`name` (default), or `online`: most connections first' })),
    ...pageQuery(limits.roomsPage),
  },
  strict,
);
export const roomsReply = Type.Object(
  {
    rooms: Type.Array(Type.Object({ room: Type.String(), online, per_second: Type.Optional(laneRates) }, { title: 'OnlineRoom' })),
    cursor: nextCursor,
    total: Type.Integer({ description: 'Number of matching rooms that have a viewer online' }),
  },
  { title: 'RoomsPage' },
);

export const membersQuery = Type.Object(pageQuery(limits.membersPage), strict);
export const membersReply = Type.Object(
  {
    online,
    users: Type.Integer({ description: 'Distinct users; an estimate unless `complete`' }),
    members: Type.Array(
      Type.Object(
        { ...fromSchema.properties, guest: Type.Optional(Type.Literal(true, { description: 'The viewer connected without a token' })) },
        { title: 'Member', additionalProperties: true },
      ),
      { description: 'Highest level first, then by id' },
    ),
    cursor: nextCursor,
    complete: Type.Boolean({
      description: 'True when the pages list every user; false in a large room, which lists the highest levels and a sample of the others',
    }),
  },
  { title: 'MembersPage' },
);

export const historyQuery = Type.Object(
  {
    lane: Type.Optional(
      Type.Unsafe<StreamLane>(
        Type.Union(
          streamLanes.map((lane) => Type.Literal(lane)),
          { title: 'HistoryLane', default: 'chat', description: 'A lane with history' },
        ),
      ),
    ),
    before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Only messages with a lower offset' })),
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
        Type.Array(Type.Object({ id: Type.String(), count: Type.Integer({ minimum: 1 }) }, { title: 'MessagePart' }), {
          description: 'Id and count of each gift that this combo message merges; each gift can be recalled by its id',
        }),
      ),
    ),
  },
  { title: 'Message', additionalProperties: true },
);
export const historyReply = Type.Object({ msgs: Type.Array(msgSchema), more: Type.Boolean() }, { title: 'HistoryPage' });

function mapFields(wrap: (schema: TSchema) => TSchema): Record<string, TSchema> {
  return Object.fromEntries(Object.entries(modeFields).map(([name, schema]) => [name, wrap(schema)]));
}

/** A change of a room's modes: absent fields stay as they are, null removes a mode. */
export type ModesChange = { readonly [K in keyof RoomModes]?: RoomModes[K] | null };
export type RoomReply = Static<typeof roomReply>;
export type HistoryQuery = Static<typeof historyQuery>;
export type RoomsQuery = Static<typeof roomsQuery>;
