// Sends one message to many rooms as a job. The worker paces the job, so that a million viewers do not react at the same moment.
import { contentDigest } from '@danmux/bus';
import { jobIdOf } from '@danmux/jobs';
import { DanmuxError, isRoomName, lanes } from '@danmux/protocol';
import { type BroadcastRequest, broadcastReply, broadcastRequest } from '@danmux/protocol/schemas';
import type { FastifyRequest } from 'fastify';
import { checkRooms } from '../auth/room-access.ts';
import type { TypedApp } from '../http/validation.ts';
import { readyMessage } from '../publish/accept-message.ts';
import type { Services } from '../services.ts';
import { documented, idempotencyHeaders, postCodes, success, withExamples } from './documented.ts';

const schema = {
  summary: 'Send a message to many rooms',
  description:
    'The broadcast is stored as a job before the response, and sent at the rate `broadcasts.viewers_per_second`, which all broadcasts share. Repeating an `id` with equal content starts no second ' +
    'broadcast and gets `duplicate: true`, with other content or rooms it is refused with `duplicate_id`, for as long as the job is kept (`jobs.kept_ms` after its end). ' +
    'A room skips a message whose `id` it got within `messages.dedupe_gift_ms` or `messages.dedupe_chat_ms`. Receipts are counted over all rooms.',
  tags: ['messages'],
  headers: idempotencyHeaders,
  body: withExamples(broadcastRequest, {
    everywhere: { rooms: '*', type: 'notice', data: { text: '10分钟后维护' }, id: 'maintenance-1' },
    'some rooms': { rooms: ['lobby', 'live:*'], type: 'notice', data: { text: '晚会开始了' }, receipt: true },
  }),
  response: {
    202: success(broadcastReply, 'Stored', { id: 'maintenance-1', job: 'broadcast-0a1b2c3d4e5f60718293a4b5c6d7e8f9' }),
    ...documented([...postCodes, 'invalid_room', 'unknown_type', 'type_forbidden', 'duplicate_id']),
  },
};

export function addBroadcastRoute(app: TypedApp, services: Services): void {
  app.post('/v1/broadcasts', { schema, config: { scope: 'publish', rooms: 'each' } }, async (request, reply) => {
    const rooms = rulesOf(request, request.body);
    const { publication, delayMs } = readyMessage(services, request, { room: 'any' }, request.body);
    const { id } = publication;
    const { type, data, from, receipt, expires_at } = request.body;
    const { id: job, duplicate } = await services.jobs.addDistinct(
      'broadcast',
      {
        id,
        rooms,
        type,
        data,
        trace: request.id,
        digest: contentDigest({ type, data: { rooms: [...rooms].sort(), data }, from }),
        ...(from ? { from } : {}),
        ...(receipt ? { receipt } : {}),
        ...(expires_at === undefined ? {} : { expires_at }),
      },
      { id: jobIdOf('broadcast', `${request.keyId}\n${id}`), confirmed: lanes[publication.lane].guaranteed, ...(delayMs > 0 ? { delayMs } : {}) },
    );
    services.runtime.log.debug({ trace: request.id, id, job, rooms: rooms.length, hop: 'api' }, 'broadcast queued');
    return reply.status(202).send({ id, job, ...(duplicate ? { duplicate } : {}) });
  });
}

/** The requested room names and `prefix*` patterns, without duplicates. Throws when one is malformed or outside the rooms of the key. */
function rulesOf(request: FastifyRequest, { rooms }: BroadcastRequest): readonly string[] {
  const rules = rooms === '*' ? ['*'] : rooms;
  for (const rule of rules) {
    if (rule !== '*' && !isRoomName(rule.endsWith('*') ? rule.slice(0, -1) : rule))
      throw new DanmuxError('invalid_room', { message: `body: rooms: "${rule}" must be a room name, or the beginning of room names followed by *.` });
    checkRooms(request, rule);
  }
  return [...new Set(rules)];
}
