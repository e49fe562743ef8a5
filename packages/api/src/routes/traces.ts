// The trace of one message: process and time of each hop, which show where the message is or where it was slow.
import type { ReceiptState, TraceHop } from '@danmux/bus';
import { DanmuxError } from '@danmux/protocol';
import { type TraceReply, traceExample, traceQuery, traceReply } from '@danmux/protocol/schemas';
import { Type } from 'typebox';
import { checkRoom } from '../auth/room-access.ts';
import type { TypedApp } from '../http/validation.ts';
import type { Services } from '../services.ts';
import { documented, messageParam, success } from './documented.ts';

const tracedMessages = 'Messages of the lanes control and gift are traced; messages of the lane chat only with a `traceparent` header or with `receipt`';

const schema = {
  summary: 'Get the trace of a message',
  description:
    `${tracedMessages}; messages to users are never traced. A trace expires after ten minutes. A hop appears up to half a second after it happened. ` +
    'A process records at most 50 hops a second, so hops can be missing when many gifts arrive.',
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
    if (!state)
      throw new DanmuxError('not_found', { message: `No trace of a message with this id in this room. ${tracedMessages}; a trace expires after ten minutes.` });
    const reply = { id, room, trace: state.trace, hops: [...state.hops].sort(inOrder) };
    return receipts?.rooms.includes(room) ? { ...reply, receipts: countsOf(receipts, room) } : reply;
  });
}

const order: readonly TraceHop['hop'][] = ['accepted', 'stored', 'sequenced', 'delivered', 'recalled'];

/**
 * Compares two hops by their order in the path of a message, and by time only within one kind of hop. Time alone is not reliable: the clocks
 * of processes differ, and a relay may record `sequenced` after an edge recorded `delivered`.
 */
function inOrder(a: TraceHop, b: TraceHop): number {
  return order.indexOf(a.hop) - order.indexOf(b.hop) || a.at - b.at || (a.node < b.node ? -1 : 1);
}

function countsOf({ counts }: ReceiptState, room: string): NonNullable<TraceReply['receipts']> {
  const inRoom = counts.filter((count) => count.room === room);
  const sent = inRoom.reduce((sum, count) => sum + count.sent, 0);
  const received = inRoom.reduce((sum, count) => sum + count.received, 0);
  return { sent, received, missing: Math.max(0, sent - received) };
}
