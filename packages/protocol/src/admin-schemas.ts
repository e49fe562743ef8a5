// TypeBox schemas of the admin API's bodies and answers (DESIGN.md §5). Routes, OpenAPI and the tests all read them here.
import { type Static, Type } from 'typebox';
import { type Lane, laneNames } from './lanes.ts';
import { limits } from './limits.ts';

const strict = { additionalProperties: false } as const;
const printable = '^[\\x21-\\x7e]+$';

export const messageId = Type.String({
  minLength: 1,
  maxLength: limits.id,
  pattern: printable,
  description: 'Message id; the same one twice in a room is one message',
});
// A union of a mapped array has the static type `never`, so it is named.
export const laneSchema = Type.Unsafe<Lane>(Type.Union(laneNames.map((name) => Type.Literal(name))));

export const fromSchema = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 128 }),
    name: Type.Optional(Type.String({ maxLength: 128 })),
    avatar: Type.Optional(Type.String({ maxLength: 512 })),
    level: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  },
  { additionalProperties: true, description: 'Who sent it' },
);

const messageFields = {
  type: Type.String({ minLength: 1, maxLength: limits.typeName, description: 'A type of the table messages.types; it decides the lane', examples: ['gift'] }),
  data: Type.Unknown({ description: `Any JSON value of at most ${limits.backendData} bytes` }),
  from: Type.Optional(fromSchema),
  id: Type.Optional(messageId),
};

export const publishRequest = Type.Object(messageFields, strict);
export const publishReply = Type.Object({ id: Type.String(), room: Type.String(), lane: laneSchema });

export const batchRequest = Type.Object(
  { messages: Type.Array(Type.Object({ room: Type.String({ maxLength: 1_024 }), ...messageFields }, strict), { minItems: 1, maxItems: limits.batch }) },
  strict,
);

export const problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    code: Type.String(),
    detail: Type.String(),
    instance: Type.Optional(Type.String({ description: 'Trace id of the request' })),
    errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
    retry_after_ms: Type.Optional(Type.Integer()),
  },
  { description: 'RFC 9457 problem' },
);

export const batchReply = Type.Object({
  results: Type.Array(Type.Union([Type.Object({ status: Type.Literal(202), id: Type.String(), room: Type.String(), lane: laneSchema }), problem])),
});

const positionSchema = Type.Object({ epoch: Type.String(), offset: Type.Integer() });

export const roomReply = Type.Object({
  room: Type.String(),
  online: Type.Integer({ description: 'Connections in the room, all edges' }),
  users: Type.Integer({ description: 'Distinct users in the room; an estimate where the member list is not complete' }),
  positions: Type.Record(Type.String(), positionSchema),
});

export const membersQuery = Type.Object(
  {
    cursor: Type.Optional(Type.String({ minLength: 1, maxLength: limits.cursor, description: 'The `cursor` of the page before' })),
    limit: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,2}$', description: `1 to ${limits.membersPage}, default 50` })),
  },
  strict,
);

export const membersReply = Type.Object({
  online: Type.Integer({ description: 'Connections in the room, all edges' }),
  users: Type.Integer({ description: 'Distinct users; an estimate unless `complete`' }),
  members: Type.Array(
    Type.Object(
      { ...fromSchema.properties, guest: Type.Optional(Type.Literal(true, { description: 'It came without a token' })) },
      { additionalProperties: true },
    ),
    { description: 'Highest level first, then by id' },
  ),
  cursor: Type.Union([Type.String(), Type.Null()], { description: 'Where the next page begins; null after the last' }),
  complete: Type.Boolean({ description: 'The pages name every user; false when a large room names its highest levels and a sample' }),
});

export const historyQuery = Type.Object(
  {
    lane: Type.Optional(Type.Union([Type.Literal('control'), Type.Literal('gift'), Type.Literal('chat')], { default: 'chat' })),
    before: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,15}$', description: 'Only messages with a lower offset' })),
    limit: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,2}$', description: `1 to ${limits.historyPage}, default 50` })),
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
  },
  { additionalProperties: true },
);

export const historyReply = Type.Object({ msgs: Type.Array(msgSchema), more: Type.Boolean() });

export const tokenRequest = Type.Object(
  {
    sub: Type.String({ minLength: 1, maxLength: 128, description: 'User id' }),
    name: Type.Optional(Type.String({ maxLength: 128 })),
    avatar: Type.Optional(Type.String({ maxLength: 512 })),
    level: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
    roles: Type.Optional(Type.Array(Type.String({ maxLength: 32 }), { maxItems: 16 })),
    rooms: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: limits.roomName }), {
        maxItems: 64,
        description: 'Exact names, or prefixes that end in *; absent allows every room',
      }),
    ),
    device: Type.Optional(Type.String({ maxLength: 32 })),
    ttl_s: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400, default: 3_600 })),
  },
  strict,
);
export const tokenReply = Type.Object({ token: Type.String(), expires_at: Type.Integer({ description: 'Milliseconds since 1970' }) });

export const nodeSchema = Type.Object({
  id: Type.String(),
  role: Type.String({ description: 'edge, relay, api or worker' }),
  address: Type.String({ description: 'host:port; empty for a role that listens nowhere' }),
  version: Type.String(),
  load: Type.Number({ description: '0 idle to 1 full' }),
});

const laneCounts = Type.Record(Type.String(), Type.Integer());
export const statsReply = Type.Object({
  rooms: Type.Integer({ description: 'Rooms with a viewer online' }),
  online: Type.Integer({ description: 'Connections in rooms, all edges' }),
  accepted: laneCounts,
  sequenced: laneCounts,
  shed: Type.Record(Type.String(), laneCounts, { description: 'By lane, then by reason' }),
  nodes: Type.Array(nodeSchema),
});

export const nodesReply = Type.Object({ nodes: Type.Array(nodeSchema) });

export type PublishRequest = Static<typeof publishRequest>;
export type BatchRequest = Static<typeof batchRequest>;
export type TokenRequest = Static<typeof tokenRequest>;
export type HistoryQuery = Static<typeof historyQuery>;
export type Problem = Static<typeof problem>;
export type NodesReply = Static<typeof nodesReply>;
export type StatsReply = Static<typeof statsReply>;
