// Schemas of /v1/reviews: held messages that wait for a moderator's decision.
import { type Static, Type } from 'typebox';
import { limits } from '../limits.ts';
import { fromSchema, nextCursor, pageQuery, strict } from './fields.ts';

export const heldSchema = Type.Object(
  {
    id: Type.String(),
    room: Type.String(),
    type: Type.String(),
    data: Type.Unknown(),
    from: fromSchema,
    at: Type.Integer({ description: 'Milliseconds since 1970' }),
    reason: Type.String({ description: 'The word list or hook that held the message' }),
  },
  { title: 'HeldMessage' },
);
export const reviewsQuery = Type.Object(pageQuery(limits.listPage), strict);
export const reviewsReply = Type.Object(
  {
    reviews: Type.Array(heldSchema, { description: 'Sorted by id, which is the order of arrival' }),
    cursor: nextCursor,
  },
  { title: 'ReviewsPage' },
);
export const rejectReply = Type.Object({ id: Type.String(), room: Type.String() }, { title: 'RejectedMessage' });
export type ReviewsReply = Static<typeof reviewsReply>;
