// Trace of one message, hop by hop: process and time. Shows where a message is, or where its time went.
import type { ReceiptState, TraceHop } from '@danmux/bus';
import { DanmuxError } from '@danmux/protocol';
import { type TraceReply, traceExample, traceQuery, traceReply } from '@danmux/protocol/schemas';
import { Type } from 'typebox';
import { checkRoom } from '../auth/room-access.ts';
import type { TypedApp } from '../http/validation.ts';
import type { Services } from '../services.ts';
import { documented, messageParam, success } from './documented.ts';

const tracedMessages = 'Traced are messages of the lanes control and gift, and of the lane chat those sent with a `traceparent` header or with `receipt`';

const schema = {
  summary: 'Where a message was, and when',
  description:
    `${tracedMessages}; messages to users are not. Kept for ten minutes. A hop is told up to half a second after it happened. ` +
    'A process tells 50 hops a second at most: in a storm of gifts some are missing.',
  tags: ['messages'],
  params: Type.Object(messageParam),
  querystring: traceQuery,
  response: { 200: success(traceReply, 'The hops so far', traceExample), ...documented(['invalid_request', 'not_found', 'unavailable']) },
};

export function addTraceRoute(app: TypedApp, { bus }: Pick<Services, 'bus'>): void {
  app.get('/v1/messages/:id/trace', { schema, config: { scope: 'read', rooms: 'each' } }, async (request): Promise<TraceReply> => {
    const { id } = request.params;
    const { room } = request.query;
    checkRoom(request, room);
    const [state, receipts] = await Promise.all([bus.traces.find(room, id), bus.receipts.find(id)]);
    if (!state) throw new DanmuxError('not_found', { message: `Nothing is known of a message of this id in this room. ${tracedMessages}, for ten minutes.` });
    const reply = { id, room, trace: state.trace, hops: [...state.hops].sort(inTime) };
    return receipts?.rooms.includes(room) ? { ...reply, receipts: countsOf(receipts, room) } : reply;
  });
}

const order: readonly TraceHop['hop'][] = ['accepted', 'stored', 'sequenced', 'delivered', 'recalled'];

/** Hops of the same millisecond in the order of the path. */
function inTime(a: TraceHop, b: TraceHop): number {
  return a.at - b.at || order.indexOf(a.hop) - order.indexOf(b.hop) || (a.node < b.node ? -1 : 1);
}

function countsOf({ counts }: ReceiptState, room: string): NonNullable<TraceReply['receipts']> {
  const inRoom = counts.filter((count) => count.room === room);
  const sent = inRoom.reduce((sum, count) => sum + count.sent, 0);
  const received = inRoom.reduce((sum, count) => sum + count.received, 0);
  return { sent, received, missing: Math.max(0, sent - received) };
}
