// Recalls a message: removes it from history and from every screen.
import { jobIdOf } from '@danmux/jobs';
import { checkRoomName } from '@danmux/protocol';
import { recallReply } from '@danmux/protocol/schemas';
import { Type } from 'typebox';
import type { TypedApp } from '../http/validation.ts';
import { sendOwn } from '../publish/own-message.ts';
import type { Services } from '../services.ts';
import { documented, messageParam, roomParams, success } from './documented.ts';

const schema = {
  summary: 'Take a message back',
  description:
    'It leaves history, so that nobody who joins sees it, and every screen, by a message of type `recall`. One that is still on its way does not arrive. ' +
    'Of gifts of a combo that were sent as one message each is taken back by its own id: its count goes, the others stay. Asking again is the same. A delayed message is not sent yet: cancel its job.',
  tags: ['moderation'],
  params: Type.Object({ ...roomParams.properties, ...messageParam }),
  response: {
    200: success(recallReply, 'Taken back', { id: 'm1', room: 'live:1001', found: true }),
    ...documented(['invalid_request', 'invalid_room', 'unavailable', 'lane_full']),
  },
};

export function addRecallRoute(app: TypedApp, services: Services): void {
  app.delete('/v1/rooms/:room/messages/:id', { schema, config: { scope: 'moderate' } }, async (request) => {
    const room = checkRoomName(request.params.room);
    const { id } = request.params;
    const { found } = await services.bus.streams.recall(room, id);
    const dedupeId = jobIdOf('recall', `${room}\n${id}`);
    await services.events.emit(room, 'moderation.recall', { id, by: request.keyId }, dedupeId);
    await sendOwn(services, { room, type: 'recall', data: { id }, id: dedupeId, trace: request.id, marks: { recalls: id } });
    services.hops.add({ room, id, trace: '', hop: 'recalled' });
    return { id, room, found };
  });
}
