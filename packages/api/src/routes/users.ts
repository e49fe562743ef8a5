// Sends a message to all connections of one user, in any room. Each user has an internal room for such messages, so that order, storage
// and recovery are those of room messages.
import { userRoomOf } from '@danmux/bus';
import { publishRequest, userMessageReply } from '@danmux/protocol/schemas';
import type { TypedApp } from '../http/validation.ts';
import { readyMessage, sendMessage } from '../publish/accept-message.ts';
import type { Services } from '../services.ts';
import { documented, idempotencyHeaders, postCodes, repeatedIds, success, userParams, withExamples } from './documented.ts';

const schema = {
  summary: 'Send a message to a user',
  description:
    `All connections of the user get the message, in any room or in none; a connection that reconnects gets the messages it missed. ${repeatedIds} ` +
    '`receipt`, `delay_ms` and `expires_at` work as for room messages.',
  tags: ['messages'],
  params: userParams,
  headers: idempotencyHeaders,
  body: withExamples(publishRequest, { 'a notice': { type: 'notice', data: { text: '你的礼物已到账' }, id: 'paid-4711' } }),
  response: {
    202: success(userMessageReply, 'Stored', { id: 'paid-4711', user: 'u42', lane: 'control' }),
    ...documented([...postCodes, 'unknown_type', 'type_forbidden', 'lane_full', 'duplicate_id']),
  },
};

export function addUserRoutes(app: TypedApp, services: Services): void {
  app.post('/v1/users/:user/messages', { schema, config: { scope: 'publish' } }, async (request, reply) => {
    const { user } = request.params;
    const { room: _room, ...sent } = await sendMessage(services, readyMessage(services, request, { room: userRoomOf(user), user }, request.body));
    return reply.status(202).send({ ...sent, user });
  });
}
