// Schemas of /v1/messages/{id}/trace: the hops of one message, reported by each process that handled it.
import { type Static, Type } from 'typebox';
import { roomNamePattern } from '../room-name.ts';
import { instant, strict } from './fields.ts';

export const traceQuery = Type.Object({ room: Type.String({ pattern: roomNamePattern, description: 'The room of the message' }) }, strict);

const hopNames = ['accepted', 'stored', 'sequenced', 'delivered', 'recalled'] as const;
const hopSchema = Type.Object(
  {
    hop: Type.Unsafe<(typeof hopNames)[number]>(
      Type.Union(
        hopNames.map((name) => Type.Literal(name)),
        {
          title: 'HopName',
          description:
            '`accepted` by an api or edge, `stored` in the ingress, `sequenced` by the relay, `delivered` to the connections of an edge, `recalled` by a moderator',
        },
      ),
    ),
    node: Type.String({ description: 'The process: an `id` of /v1/nodes' }),
    at: instant('Time of the hop; clocks of two processes may differ by some milliseconds'),
    offset: Type.Optional(Type.Integer({ description: 'With `sequenced`: offset of the message in the lane of the room' })),
    viewers: Type.Optional(Type.Integer({ description: 'With `delivered`: connections of this edge in the room' })),
  },
  { title: 'TraceHop' },
);

export const traceReply = Type.Object(
  {
    id: Type.String(),
    room: Type.String(),
    trace: Type.String({ description: 'Trace id, as in the logs: from the `traceparent` header of the request, or generated' }),
    hops: Type.Array(hopSchema, { description: 'In the order in which a message passes them; several of one kind by time' }),
    receipts: Type.Optional(
      Type.Object(
        { sent: Type.Integer(), received: Type.Integer(), missing: Type.Integer() },
        { title: 'ReceiptCounts', description: 'Receipt counts in this room, for a message published with `receipt: true`; as at /v1/messages/{id}/receipts' },
      ),
    ),
  },
  { title: 'Trace' },
);

export const traceExample = {
  id: 'order-4711',
  room: 'live:1001',
  trace: '4bf92f3577b34da6a3ce929d0e0e4736',
  hops: [
    { hop: 'accepted', node: 'api@api-5t1w9r2h6d', at: 1_767_225_600_000 },
    { hop: 'stored', node: 'api@api-5t1w9r2h6d', at: 1_767_225_600_002 },
    { hop: 'sequenced', node: 'relay@relay-3v7n1k5z8p', at: 1_767_225_600_006, offset: 17 },
    { hop: 'delivered', node: 'edge@edge-8k2m4q9x1c', at: 1_767_225_600_009, viewers: 502 },
  ],
  receipts: { sent: 502, received: 497, missing: 5 },
};

export type HopName = (typeof hopNames)[number];
export type TraceReply = Static<typeof traceReply>;
