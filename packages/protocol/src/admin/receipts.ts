// Schema of /v1/messages/{id}/receipts: how many viewers confirmed a message published with `receipt: true`.
import { type Static, Type } from 'typebox';

export const receiptsReply = Type.Object(
  {
    id: Type.String(),
    at: Type.Integer({ description: 'When the message was accepted, milliseconds since 1970' }),
    state: Type.Union([Type.Literal('waiting'), Type.Literal('final')], {
      title: 'ReceiptsState',
      description: '`final` after `receipts.timeout_ms`; `waiting` before, while counts may grow',
    }),
    sent: Type.Integer({ description: 'Connections the message was sent to' }),
    received: Type.Integer({ description: 'Connections that confirmed the message' }),
    missing: Type.Integer({ description: 'sent - received; while `state` is `waiting`, receipts may still arrive' }),
    rooms: Type.Array(Type.String(), { description: 'Rooms the message was sent to; `@me` for a message to a user' }),
  },
  { title: 'Receipts' },
);
export type ReceiptsReply = Static<typeof receiptsReply>;
