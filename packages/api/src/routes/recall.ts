// Recalls one message, all messages of a user, or all of a room: deletes them from history, and publishes a `recall` message that removes them
// from screens. Safe to repeat.
import { jobIdOf } from '@danmux/jobs';
import { checkRoomName, DanmuxError, type RecallScope } from '@danmux/protocol';
import { recallReply, roomRecallReply, roomRecallRequest, userRecallReply } from '@danmux/protocol/schemas';
import { Type } from 'typebox';
import type { TypedApp } from '../http/validation.ts';
import { recallEverywhere, recallInRoom } from '../moderation/bulk-recall.ts';
import { publishSystemMessage } from '../publish/system-message.ts';
import type { Services } from '../services.ts';
import { documented, idempotencyHeaders, messageParam, postCodes, roomParams, success, userParams, withExamples } from './documented.ts';

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

const roomSchema = {
  summary: 'Recall all messages of a user in a room, or clear the room',
  description:
    'Give `user` or `all: true`. The messages sent so far are deleted from history and removed from screens by one message of type `recall`; queued ones are not delivered, and held messages ' +
    'of the user are rejected. Later messages stay, and so do paid orders. `all` leaves messages of the lane control (notices, events) as they are. Repeating the request is safe. Delayed messages are sent later: cancel their jobs.',
  tags: ['moderation'],
  params: roomParams,
  headers: idempotencyHeaders,
  body: withExamples(roomRecallRequest, { 'all messages of a user': { user: 'u42' }, 'clear the room': { all: true } }),
  response: {
    200: success(roomRecallReply, 'Recalled', { room: 'live:1001', user: 'u42', count: 17, held: 0 }),
    ...documented([...postCodes, 'invalid_room', 'lane_full']),
  },
};

const userSchema = {
  summary: 'Recall all messages of a user in every room',
  description:
    'As in one room, in every room that holds a message of the user; rooms with viewers come first. Messages to single users stay. Repeating the request is safe.',
  tags: ['moderation'],
  params: userParams,
  headers: idempotencyHeaders,
  response: {
    200: success(userRecallReply, 'Recalled', { user: 'u42', rooms: 3, count: 41, held: 1 }),
    ...documented([...postCodes, 'lane_full']),
  },
};

/** Throws `invalid_request` unless the body names a user or all messages, and not both. */
function scopeOf({ user, all = false }: { readonly user?: string; readonly all?: boolean }): RecallScope {
  if ((user === undefined) === !all) throw new DanmuxError('invalid_request', { message: 'body: give user, or all: true, and not both.' });
  return user === undefined ? { all: true } : { user };
}

export function addRecallRoutes(app: TypedApp, services: Services): void {
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

  app.post('/v1/rooms/:room/recall', { schema: roomSchema, config: { scope: 'moderate' } }, async (request) => {
    const room = checkRoomName(request.params.room);
    const scope = scopeOf(request.body);
    return { room, ...scope, ...(await recallInRoom(services, request, room, scope)) };
  });

  app.post('/v1/users/:user/recall', { schema: userSchema, config: { scope: 'moderate' } }, async (request) => {
    const { user } = request.params;
    return { user, ...(await recallEverywhere(services, request, user)) };
  });
}
