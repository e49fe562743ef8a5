// Messages as a backend sends them: to a room, to many in one request, to every room that matches, to one user.
import { type Static, Type } from 'typebox';
import { limits } from '../limits.ts';
import { fromSchema, instant, laneSchema, messageId, roomRule, strict } from './fields.ts';
import { problem } from './problem.ts';

const messageFields = {
  type: Type.String({ minLength: 1, maxLength: limits.typeName, description: 'A type of the table messages.types; it decides the lane', examples: ['gift'] }),
  data: Type.Unknown({ description: `Any JSON value of at most ${limits.backendData} bytes; its numbers keep their digits` }),
  from: Type.Optional(fromSchema),
  id: Type.Optional(messageId),
  receipt: Type.Optional(Type.Boolean({ description: 'Viewers say that they have it; the counts are at /v1/messages/{id}/receipts' })),
  delay_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.delayMs, description: 'Sent so much later, 30 days at most; 0 is now' })),
  expires_at: Type.Optional(instant('Not sent, and not to be shown, after this')),
};

export const publishRequest = Type.Object(messageFields, strict);
export const batchRequest = Type.Object(
  { messages: Type.Array(Type.Object({ room: Type.String({ maxLength: 1_024 }), ...messageFields }, strict), { minItems: 1, maxItems: limits.batch }) },
  strict,
);
export const broadcastRequest = Type.Object(
  {
    rooms: Type.Union([Type.Array(roomRule, { minItems: 1, maxItems: limits.broadcastRooms }), Type.Literal('*')], {
      description: 'Exact names, and prefixes that end in `*`, or `"*"`: of those the rooms with a viewer online',
    }),
    ...messageFields,
  },
  strict,
);

const job = Type.Optional(Type.String({ description: 'Of a delayed message: ask for it, or cancel it, at /v1/jobs/{id}' }));
const accepted = { id: Type.String(), room: Type.String(), lane: laneSchema, job };

export const publishReply = Type.Object(accepted);
export const batchReply = Type.Object({
  results: Type.Array(Type.Union([Type.Object({ status: Type.Literal(202), ...accepted }), problem])),
});
export const userMessageReply = Type.Object({ id: Type.String(), user: Type.String(), lane: laneSchema, job });
export const broadcastReply = Type.Object({ id: Type.String(), job: Type.String({ description: 'Its progress is at /v1/jobs/{id}' }) });

export type PublishRequest = Static<typeof publishRequest>;
export type BatchRequest = Static<typeof batchRequest>;
export type BroadcastRequest = Static<typeof broadcastRequest>;
