// What became of a message that asked for receipts.
import { type Static, Type } from 'typebox';

export const receiptsReply = Type.Object({
  id: Type.String(),
  at: Type.Integer({ description: 'When it was accepted, milliseconds since 1970' }),
  state: Type.Union([Type.Literal('waiting'), Type.Literal('final')], { description: '`final` when receipts.timeout_ms is over' }),
  sent: Type.Integer({ description: 'Connections it was sent to' }),
  received: Type.Integer({ description: 'Of those, how many said that they have it' }),
  missing: Type.Integer({ description: 'sent - received; while it waits, answers may be on their way' }),
  rooms: Type.Array(Type.String(), { description: '`@me` for a message to a user' }),
});
export type ReceiptsReply = Static<typeof receiptsReply>;
