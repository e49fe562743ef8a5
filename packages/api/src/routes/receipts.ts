// Returns the receipt counts of a message: the connections it was sent to, and those that confirmed it.
import { isUserRoom, personalRoom } from '@danmux/bus';
import { DanmuxError } from '@danmux/protocol';
import { type ReceiptsReply, receiptsReply } from '@danmux/protocol/schemas';
import { Type } from 'typebox';
import { checkRoom, mayTouch } from '../auth/room-access.ts';
import type { TypedApp } from '../http/validation.ts';
import type { Services } from '../services.ts';
import { documented, messageParam, success } from './documented.ts';

const schema = {
  summary: 'Get the receipt counts of a message',
  description: 'The message must have been sent with `receipt`. Counts are kept for `receipts.kept_ms`. The counts of a broadcast cover all its rooms.',
  tags: ['messages'],
  params: Type.Object(messageParam),
  response: {
    200: success(receiptsReply, 'The counts so far', {
      id: 'order-4711',
      at: 1_767_225_600_000,
      state: 'final',
      sent: 502,
      received: 497,
      missing: 5,
      rooms: ['live:1001'],
    }),
    ...documented(['invalid_request', 'not_found', 'unavailable']),
  },
};

export function addReceiptsRoute(app: TypedApp, { runtime, bus }: Services): void {
  app.get('/v1/messages/:id/receipts', { schema, config: { scope: 'read', rooms: 'each' } }, async (request): Promise<ReceiptsReply> => {
    const { id } = request.params;
    const state = await bus.receipts.find(id);
    if (!state) throw new DanmuxError('not_found', { message: 'No message with this id was sent with receipt within receipts.kept_ms.' });
    // Another message can have the same id in a room that this key may not access, so only the rooms of the key are counted.
    const rooms = state.rooms.filter((room) => mayTouch(request, room));
    for (const room of rooms.length === 0 ? state.rooms : []) checkRoom(request, room);
    const { at } = state;
    const counts = state.counts.filter(({ room }) => rooms.includes(room));
    const sent = counts.reduce((sum, count) => sum + count.sent, 0);
    const received = counts.reduce((sum, count) => sum + count.received, 0);
    const timedOut = runtime.clock.now() >= at + runtime.config.receipts.timeout_ms;
    const shown = [...new Set(rooms.map((room) => (isUserRoom(room) ? personalRoom : room)))].sort();
    return { id, at, state: timedOut ? 'final' : 'waiting', sent, received, missing: Math.max(0, sent - received), rooms: shown };
  });
}
