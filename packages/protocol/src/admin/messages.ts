// Schemas of the publishing routes: one message to a room, a batch, a broadcast to matching rooms, and a message to one user.
import { type Static, Type } from 'typebox';
import { limits } from '../limits.ts';
import { roomRulePattern } from '../room-name.ts';
import { checkedByHandler, fromSchema, instant, laneSchema, messageId, strict } from './fields.ts';
import { problem } from './problem.ts';

const messageFields = {
  type: Type.String({
    minLength: 1,
    maxLength: limits.typeName,
    description: 'A type from the setting `messages.types`; the type determines the lane',
    examples: ['gift'],
  }),
  data: Type.Unknown({ description: `Any JSON value of at most ${limits.backendData} bytes; numbers keep their digits as written` }),
  from: Type.Optional(fromSchema),
  id: Type.Optional(messageId),
  receipt: Type.Optional(Type.Boolean({ description: 'Request receipts from viewers; read the counts at /v1/messages/{id}/receipts' })),
  delay_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.delayMs, description: 'Delay before sending, at most 30 days; 0 sends now' })),
  expires_at: Type.Optional(instant('When the message expires: it is neither sent nor shown after this time')),
};

export const publishRequest = Type.Object(messageFields, { ...strict, title: 'PublishRequest' });
/** The schema accepts malformed room names, because such a name must refuse only its message and not the whole batch. */
const batchRoom = Type.String({ maxLength: 1_024, description: 'Room name; a malformed one refuses only this message, with `invalid_room` in `results`' });
export const batchRequest = Type.Object(
  { messages: Type.Array(Type.Object({ room: batchRoom, ...messageFields }, { ...strict, title: 'BatchMessage' }), { minItems: 1, maxItems: limits.batch }) },
  { ...strict, title: 'BatchRequest' },
);
/** The handler refuses a malformed room with `invalid_room`. */
const broadcastRoom = Type.String({ minLength: 1, maxLength: limits.roomName + 1, ...checkedByHandler({ pattern: roomRulePattern }) });
export const broadcastRequest = Type.Object(
  {
    rooms: Type.Union([Type.Array(broadcastRoom, { minItems: 1, maxItems: limits.broadcastRooms }), Type.Literal('*')], {
      description: 'Exact names and prefixes that end in `*`, or `"*"` for all rooms; the message goes to matching rooms that have a viewer online',
    }),
    ...messageFields,
  },
  { ...strict, title: 'BroadcastRequest' },
);

const job = Type.Optional(Type.String({ description: 'Job id of a delayed message; read or cancel the job at /v1/jobs/{id}' }));
const duplicate = Type.Optional(
  Type.Boolean({ description: 'True when a message with this id and equal content was accepted before: nothing was sent again. Absent otherwise' }),
);
const accepted = { id: Type.String(), room: Type.String(), lane: laneSchema, job, duplicate };

export const publishReply = Type.Object(accepted, { title: 'AcceptedMessage' });
const batchResult = Type.Union([Type.Object({ status: Type.Literal(202), ...accepted }, { title: 'BatchAccepted' }), problem], { title: 'BatchResult' });
export const batchReply = Type.Object({ results: Type.Array(batchResult) }, { title: 'BatchReply' });
export const userMessageReply = Type.Object({ id: Type.String(), user: Type.String(), lane: laneSchema, job, duplicate }, { title: 'AcceptedUserMessage' });
export const broadcastReply = Type.Object(
  { id: Type.String(), job: Type.String({ description: 'Job id; read the progress at /v1/jobs/{id}' }), duplicate },
  { title: 'AcceptedBroadcast' },
);

export type PublishRequest = Static<typeof publishRequest>;
export type BatchRequest = Static<typeof batchRequest>;
export type BroadcastRequest = Static<typeof broadcastRequest>;
