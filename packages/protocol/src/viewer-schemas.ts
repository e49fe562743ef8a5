// TypeBox schemas of the events that viewers send; the edge validates against them. A missing or unknown field is refused with its path.
import { Type } from 'typebox';
import { streamLanes } from './lanes.ts';
import { limits } from './limits.ts';
import { roomNamePattern } from './room-name.ts';

const strict = { additionalProperties: false } as const;

// room-name.ts validates room names and throws `invalid_room`, so this schema checks only type and length.
const room = Type.String({ maxLength: 1_024 });
const position = Type.Object({ epoch: Type.String({ maxLength: 64 }), offset: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }) }, strict);
const lane = Type.Union(streamLanes.map((name) => Type.Literal(name)));

/** Payload schema of each event that viewers send. */
export const viewerSchemas = {
  join: Type.Object(
    {
      room,
      positions: Type.Optional(Type.Object(Object.fromEntries(streamLanes.map((name) => [name, Type.Optional(position)])), strict)),
      history: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.historyPage })),
    },
    strict,
  ),
  leave: Type.Object({ room }, strict),
  send: Type.Object(
    {
      room,
      type: Type.String({ minLength: 1, maxLength: limits.typeName }),
      data: Type.Unknown(),
      cid: Type.String({ minLength: 1, maxLength: limits.id, pattern: '^[\\x21-\\x7e]+$' }),
    },
    strict,
  ),
  receipt: Type.Object({ room, ids: Type.Array(Type.String({ minLength: 1, maxLength: limits.id }), { minItems: 1, maxItems: limits.receiptIds }) }, strict),
  members: Type.Object(
    {
      room,
      cursor: Type.Optional(Type.String({ minLength: 1, maxLength: limits.cursor })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.membersPage })),
    },
    strict,
  ),
  history: Type.Object(
    {
      room,
      lane: Type.Optional(lane),
      before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.historyPage })),
    },
    strict,
  ),
  auth: Type.Object({ token: Type.String({ minLength: 1, maxLength: limits.packet }) }, strict),
} as const;

export type ViewerEvent = keyof typeof viewerSchemas;

/** Schema of a valid room name (the rule of room-name.ts), with the pattern inline so that the OpenAPI document shows it. */
export const roomSchema = Type.String({ pattern: roomNamePattern, maxLength: limits.roomName, description: 'Room name' });
