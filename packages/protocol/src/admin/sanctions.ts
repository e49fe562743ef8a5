// Mutes, bans and kicks, and the recall of a message.
import { type Static, Type } from 'typebox';
import { limits } from '../limits.ts';
import { instant, nextCursor, pageQuery, strict, userId } from './fields.ts';

const reason = Type.Optional(Type.String({ maxLength: 256, description: 'The user is told' }));
const by = Type.Optional(Type.String({ minLength: 1, maxLength: 128, description: "Who decided it, in the backend's words; the key's id when absent" }));

export const sanctionRequest = Type.Object(
  {
    for_ms: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.sanctionMs, description: 'How long from now; not with `until`' })),
    until: Type.Optional(instant('When it ends; without `for_ms` and `until` it lasts until it is lifted')),
    reason,
    by,
  },
  strict,
);

const banMs = Type.Optional(Type.Integer({ minimum: 1, maximum: limits.sanctionMs, description: 'Banned for so long besides' }));
/** Of a user the path names. */
export const kickRequest = Type.Object({ reason, by, ban_ms: banMs }, strict);
export const roomKickRequest = Type.Object({ user: userId, reason, by, ban_ms: banMs }, strict);

export const sanctionReply = Type.Object({
  user: Type.String(),
  room: Type.Optional(Type.String({ description: 'Absent: in every room' })),
  reason: Type.Optional(Type.String()),
  by: Type.String(),
  at: Type.Integer({ description: 'Milliseconds since 1970' }),
  until: Type.Optional(Type.Integer({ description: 'When it ends, milliseconds since 1970; absent: when it is lifted' })),
});

export const sanctionsQuery = Type.Object(pageQuery(limits.listPage), strict);
export const mutesReply = Type.Object({ mutes: Type.Array(sanctionReply, { description: 'By user' }), cursor: nextCursor });
export const bansReply = Type.Object({ bans: Type.Array(sanctionReply, { description: 'By user' }), cursor: nextCursor });

export const recallReply = Type.Object({
  id: Type.String(),
  room: Type.String(),
  found: Type.Boolean({ description: 'History had it; false also of one that is on its way, which will not arrive' }),
});

export type SanctionRequest = Static<typeof sanctionRequest>;
export type KickRequest = Static<typeof kickRequest>;
export type SanctionReply = Static<typeof sanctionReply>;
