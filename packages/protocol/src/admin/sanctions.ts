// Schemas of mutes, bans, kicks and the recall of a message.
import { type Static, Type } from 'typebox';
import { limits } from '../limits.ts';
import { checkedByHandler, instant, nextCursor, pageQuery, strict, userId } from './fields.ts';

const reason = Type.Optional(Type.String({ maxLength: 256, description: 'Shown to the user' }));
const by = Type.Optional(
  Type.String({ minLength: 1, maxLength: 128, description: 'The person or system that decided, as text; the id of the API key when absent' }),
);

/** A sanction has at most one of the two ends. */
const oneEnd = checkedByHandler({ not: { required: ['for_ms', 'until'] } });

export const sanctionRequest = Type.Object(
  {
    for_ms: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.sanctionMs, description: 'Duration from now, in milliseconds; excludes `until`' })),
    until: Type.Optional(instant('When the sanction ends; without `for_ms` and `until` it lasts until it is lifted')),
    reason,
    by,
  },
  { ...strict, title: 'SanctionRequest', ...oneEnd },
);

export const banRequest = Type.Object(
  {
    ...sanctionRequest.properties,
    recall: Type.Optional(Type.Boolean({ description: 'Also recall all messages of the user: in this room, or in every room' })),
  },
  { ...strict, title: 'BanRequest', ...oneEnd },
);

const banMs = Type.Optional(Type.Integer({ minimum: 1, maximum: limits.sanctionMs, description: 'Also bans the user for this many milliseconds' }));
/** Body of a kick whose user is in the path. */
export const kickRequest = Type.Object({ reason, by, ban_ms: banMs }, { ...strict, title: 'KickRequest' });
/** Body of a kick from one room; the path holds the room, so the body names the user. */
export const roomKickRequest = Type.Object({ user: userId, reason, by, ban_ms: banMs }, { ...strict, title: 'RoomKickRequest' });

export const sanctionReply = Type.Object(
  {
    user: Type.String(),
    room: Type.Optional(Type.String({ description: 'Absent: in every room' })),
    reason: Type.Optional(Type.String()),
    by: Type.String(),
    at: Type.Integer({ description: 'Milliseconds since 1970' }),
    until: Type.Optional(Type.Integer({ description: 'When it ends, milliseconds since 1970; absent: lasts until lifted' })),
    recalled: Type.Optional(Type.Integer({ description: 'Messages that left history; only in the reply to a ban with `recall`' })),
  },
  { title: 'Sanction' },
);

export const sanctionsQuery = Type.Object(pageQuery(limits.listPage), strict);
export const mutesReply = Type.Object({ mutes: Type.Array(sanctionReply, { description: 'Sorted by user' }), cursor: nextCursor }, { title: 'MutesPage' });
export const bansReply = Type.Object({ bans: Type.Array(sanctionReply, { description: 'Sorted by user' }), cursor: nextCursor }, { title: 'BansPage' });

export const recallReply = Type.Object(
  {
    id: Type.String(),
    room: Type.String(),
    found: Type.Boolean({ description: 'True when history held the message; false also for a message still in flight, which the recall stops' }),
  },
  { title: 'RecalledMessage' },
);

const everything = Type.Optional(Type.Boolean({ description: 'True: all messages of the room; excludes `user`' }));
export const roomRecallRequest = Type.Object({ user: Type.Optional(userId), all: everything }, { ...strict, title: 'RecallRequest' });

const recalledCounts = {
  count: Type.Integer({ description: 'Messages that left history' }),
  held: Type.Integer({ description: 'Messages of the user that waited for review and are rejected' }),
};
export const roomRecallReply = Type.Object(
  { room: Type.String(), user: Type.Optional(Type.String()), all: everything, ...recalledCounts },
  { title: 'RecalledInRoom' },
);
export const userRecallReply = Type.Object(
  {
    user: Type.String(),
    rooms: Type.Integer({ description: 'Rooms that held a message of the user' }),
    ...recalledCounts,
  },
  { title: 'RecalledEverywhere' },
);

export type BanRequest = Static<typeof banRequest>;
export type SanctionRequest = Static<typeof sanctionRequest>;
export type KickRequest = Static<typeof kickRequest>;
export type SanctionReply = Static<typeof sanctionReply>;
