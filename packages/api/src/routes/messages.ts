// Publishes one message or a batch. The reply is sent after the accepted messages are stored: in the bus, or as jobs if they are delayed.
import { checkRoomName, DanmuxError, type ErrorCode, errors, limits } from '@danmux/protocol';
import { type BatchRequest, batchReply, batchRequest, type Problem, publishReply, publishRequest } from '@danmux/protocol/schemas';
import type { FastifyRequest } from 'fastify';
import { checkRoom } from '../auth/room-access.ts';
import { answerMayDiffer, doneBefore } from '../http/idempotency.ts';
import { asDanmuxError, noteRefusal, problemOf } from '../http/problem.ts';
import type { TypedApp } from '../http/validation.ts';
import { type Accepted, type Ready, readyMessage, sendMessage, sendMessages } from '../publish/accept-message.ts';
import type { Services } from '../services.ts';
import { documented, idempotencyHeaders, postCodes, repeatedIds, roomParams, success, withExamples } from './documented.ts';

const messageCodes: readonly ErrorCode[] = ['invalid_room', 'unknown_type', 'type_forbidden', 'lane_full', 'duplicate_id'];

const gift = { type: 'gift', data: { gift: 'rocket', count: 1 }, from: { id: 'u42', name: '小明' }, id: 'order-4711' };
const chat = { type: 'chat', data: { text: '主播好!' }, from: { id: 'u7', name: 'Ann' } };
const stored = { id: 'order-4711', room: 'live:1001', lane: 'gift' };

const publishSchema = {
  summary: 'Send a message to a room',
  description:
    `The response follows when the message is stored. ${repeatedIds} With \`delay_ms\` the message waits as a job, and its id is remembered as long as the job; ` +
    'with `receipt` viewers confirm delivery; after `expires_at` it is not delivered any more.',
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
    `The body may have 4 MiB. Each message is accepted or refused independently; messages of one room and lane keep their order. ${repeatedIds} ` +
    'Repeating the request with the same ' +
    '`Idempotency-Key` retries only the messages refused with a retryable error and returns the first result of the others, for `api.idempotency_ttl_ms`. ' +
    'A message refused with `unavailable`, or a request without a response, may have been stored: retry within `messages.dedupe_chat_ms` ' +
    '(gifts and control messages: `messages.dedupe_gift_ms`), so that no message is sent twice.',
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
    200: success(batchReply, 'One result per message, in order: the stored message, or the problem of a refused one', {
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

  const batch = { schema: batchSchema, config: { scope: 'publish', rooms: 'each' }, bodyLimit: limits.batchBody } as const;
  app.post('/v1/messages/batch', batch, async (request) => {
    const results = await sendBatch(services, request, request.body.messages);
    if (results.some(isRetryable)) answerMayDiffer(request, acceptedOf(results));
    return { results: results.map((result) => resultOf(services, request, result)) };
  });
}

type Result = Accepted | DanmuxError;

/** Returns one result per message, in order. Throws `unavailable` when no message was accepted and at least one was refused with `unavailable`. */
async function sendBatch(services: Services, request: FastifyRequest, messages: BatchRequest['messages']): Promise<Result[]> {
  const before = await acceptedBefore(services, request);
  const tried = messages.map((message, index) => before[index] ?? attempt(() => readyRow(services, request, message, index)));
  const sent = (await sendMessages(services, tried.filter(isReady))).values();
  const results = tried.map((each) => (isReady(each) ? (sent.next().value ?? new DanmuxError('internal')) : each));
  // No message was accepted, so the whole request fails with 503. The answer is not stored, so that a retry with the same Idempotency-Key runs again.
  const unavailable = results.find((result) => result instanceof DanmuxError && result.code === 'unavailable');
  if (unavailable && results.every((result) => result instanceof DanmuxError)) throw unavailable;
  return results;
}

function isReady(tried: Ready | Result): tried is Ready {
  return 'publication' in tried;
}

/** Messages, by index, that were accepted in earlier requests with the same Idempotency-Key; null or absent for the others. */
async function acceptedBefore({ bus }: Services, request: FastifyRequest): Promise<readonly (Accepted | null)[]> {
  const done = await doneBefore(request, bus);
  return done === null ? [] : (JSON.parse(done) as (Accepted | null)[]);
}

/** The accepted messages as text for `acceptedBefore`; undefined when no message was accepted. */
function acceptedOf(results: readonly Result[]): string | undefined {
  const rows = results.map((result) => (result instanceof DanmuxError ? null : result));
  return rows.some((row) => row !== null) ? JSON.stringify(rows) : undefined;
}

function isRetryable(result: Result): boolean {
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
