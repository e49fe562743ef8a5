// Recalls a message: deletes it from history, and publishes a `recall` message that removes it from screens. Safe to repeat.
import { jobIdOf } from '@danmux/jobs';
import { checkRoomName } from '@danmux/protocol';
import { recallReply } from '@danmux/protocol/schemas';
import { Type } from 'typebox';
import type { TypedApp } from '../http/validation.ts';
import { publishSystemMessage } from '../publish/system-message.ts';
import type { Services } from '../services.ts';
import { documented, messageParam, roomParams, success } from './documented.ts';

const schema = {
  summary: 'Recall a message',
  description:
    'The message is deleted from history, and a message of type `recall` removes it from screens. If it is still queued it is not delivered. ' +
    'In a combo that was merged into one message, recall each gift by its own id: only its count is subtracted. Repeating the request is safe. For a delayed message that was not sent yet, cancel its job.',
  tags: ['moderation'],
  params: Type.Object({ ...roomParams.properties, ...messageParam }),
  response: {
    200: success(recallReply, 'Recalled', { id: 'm1', room: 'live:1001', found: true }),
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
    await publishSystemMessage(services, { room, type: 'recall', data: { id }, id: dedupeId, trace: request.id, marks: { recalls: id } });
    services.hops.add({ room, id, trace: '', hop: 'recalled' });
    return { id, room, found };
  });
}
