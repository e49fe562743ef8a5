// Publishing one message or a batch. A 202 follows storage in the bus, or in the queue of delayed messages.
import { checkRoomName, DanmuxError, type ErrorCode, errors } from '@danmux/protocol';
import { type BatchRequest, batchReply, batchRequest, type Problem, publishReply, publishRequest } from '@danmux/protocol/schemas';
import type { FastifyRequest } from 'fastify';
import { checkRoom } from '../auth/room-access.ts';
import { answerMayDiffer, doneBefore } from '../http/idempotency.ts';
import { asDanmuxError, noteRefusal, problemOf } from '../http/problem.ts';
import type { TypedApp } from '../http/validation.ts';
import { type Accepted, type Ready, readyMessage, sendMessage, sendMessages } from '../publish/accept-message.ts';
import type { Services } from '../services.ts';
import { documented, idempotencyHeaders, postCodes, roomParams, success, withExamples } from './documented.ts';

const messageCodes: readonly ErrorCode[] = ['invalid_room', 'unknown_type', 'type_forbidden', 'lane_full'];

const gift = { type: 'gift', data: { gift: 'rocket', count: 1 }, from: { id: 'u42', name: '小明' }, id: 'order-4711' };
const chat = { type: 'chat', data: { text: '主播好!' }, from: { id: 'u7', name: 'Ann' } };
const stored = { id: 'order-4711', room: 'live:1001', lane: 'gift' };

const publishSchema = {
  summary: 'Send a message to a room',
  description:
    'Answered when the message is stored. The same `id` twice in a room is one message. With `delay_ms` it is kept as a job and sent when it is due; ' +
    'with `receipt` viewers say that they have it; after `expires_at` it is not sent any more.',
  tags: ['messages'],
  params: roomParams,
  headers: idempotencyHeaders,
  body: withExamples(publishRequest, {
    gift,
    chat,
    'with receipts': { ...gift, receipt: true },
    'in a minute': { type: 'notice', data: { text: '马上开始' }, delay_ms: 60_000, id: 'soon-1001' },
  }),
  response: { 202: success(publishReply, 'Stored', stored), ...documented([...postCodes, ...messageCodes]) },
};

const batchSchema = {
  summary: 'Send up to 1,000 messages, each to its own room',
  description:
    'Each message is accepted or refused by itself; those of one room and lane keep their order. Repeating the request with its ' +
    '`Idempotency-Key` tries again only what failed for a reason that passes; for the rest it answers as the first time, for as long as a key ' +
    'is kept (`api.idempotency_ttl_ms`). What was refused with `unavailable`, or got no answer at all, may have been stored: repeat that within ' +
    '`messages.dedupe_chat_ms` (gifts and control messages: `messages.dedupe_gift_ms`), so that it is one message.',
  tags: ['messages'],
  headers: idempotencyHeaders,
  body: withExamples(batchRequest, {
    'two rooms': {
      messages: [
        { room: 'live:1001', ...gift },
        { room: 'live:1002', ...chat },
      ],
    },
  }),
  response: {
    200: success(batchReply, 'One result per message, in order: what was stored, or the problem that refused it', {
      results: [{ status: 202, ...stored }, problemOf(new DanmuxError('invalid_room'))],
    }),
    ...documented(postCodes),
  },
};

export function addMessageRoutes(app: TypedApp, services: Services): void {
  app.post('/v1/rooms/:room/messages', { schema: publishSchema, config: { scope: 'publish' } }, async (request, reply) => {
    const room = checkRoomName(request.params.room);
    return reply.status(202).send(await sendMessage(services, readyMessage(services, request, { room }, request.body)));
  });

  app.post('/v1/messages/batch', { schema: batchSchema, config: { scope: 'publish', rooms: 'each' } }, async (request) => {
    const results = await sendBatch(services, request, request.body.messages);
    if (results.some(mayPass)) answerMayDiffer(request, acceptedOf(results));
    return { results: results.map((result) => resultOf(services, request, result)) };
  });
}

type Result = Accepted | DanmuxError;

/** One result per message, in order. Throws when the store was unavailable and nothing was accepted. */
async function sendBatch(services: Services, request: FastifyRequest, messages: BatchRequest['messages']): Promise<Result[]> {
  const before = await acceptedBefore(services, request);
  const tried = messages.map((message, index) => before[index] ?? attempt(() => readyRow(services, request, message, index)));
  const sent = (await sendMessages(services, tried.filter(isReady))).values();
  const results = tried.map((each) => (isReady(each) ? (sent.next().value ?? new DanmuxError('internal')) : each));
  // Nothing could be stored, so the request as a whole fails: a retry with the same key may still succeed.
  const unavailable = results.find((result) => result instanceof DanmuxError && result.code === 'unavailable');
  if (unavailable && results.every((result) => result instanceof DanmuxError)) throw unavailable;
  return results;
}

function isReady(tried: Ready | Result): tried is Ready {
  return 'publication' in tried;
}

/** Messages accepted by earlier requests of the same key, by index. */
async function acceptedBefore({ bus }: Services, request: FastifyRequest): Promise<readonly (Accepted | null)[]> {
  const done = await doneBefore(request, bus);
  return done === null ? [] : (JSON.parse(done) as (Accepted | null)[]);
}

/** For `acceptedBefore`; undefined when none was accepted. */
function acceptedOf(results: readonly Result[]): string | undefined {
  const rows = results.map((result) => (result instanceof DanmuxError ? null : result));
  return rows.some((row) => row !== null) ? JSON.stringify(rows) : undefined;
}

function mayPass(result: Result): boolean {
  return result instanceof DanmuxError && errors[result.code].retryable;
}

function readyRow(services: Services, request: FastifyRequest, { room, ...message }: BatchRequest['messages'][number], index: number): Ready {
  checkRoom(request, checkRoomName(room));
  return readyMessage(services, request, { room }, message, index);
}

function resultOf({ runtime }: Services, request: FastifyRequest, result: Result): (Accepted & { readonly status: 202 }) | Problem {
  if (!(result instanceof DanmuxError)) return { status: 202, ...result };
  noteRefusal(runtime, result, { trace: request.id, route: request.routeOptions.url });
  return problemOf(result, request.id);
}

function attempt<T>(run: () => T): T | DanmuxError {
  try {
    return run();
  } catch (error) {
    return asDanmuxError(error);
  }
}
