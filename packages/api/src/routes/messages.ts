// Publishing: one message or a batch. A 202 is sent when the bus has stored it, not before.
import { acceptPublication, type Bus, type Publication, type Receipt } from '@danmux/bus';
import { checkRoomName, DanmuxError, type ErrorCode, errors, limits } from '@danmux/protocol';
import { type BatchRequest, batchReply, batchRequest, type Problem, type PublishRequest, publishReply, publishRequest } from '@danmux/protocol/schemas';
import type { Runtime } from '@danmux/runtime';
import type { FastifyRequest } from 'fastify';
import { checkRoom } from '../auth/room-access.ts';
import { answerMayDiffer, derivedId } from '../idempotency.ts';
import { asDanmuxError, noteRefusal, problemOf } from '../problem.ts';
import type { TypedApp } from '../validation.ts';
import { documented, idempotencyHeaders, roomParams, success, withExamples } from './documented.ts';

/** Of the request as a whole; a batch tells the others with each message. */
const requestCodes: readonly ErrorCode[] = [
  'invalid_request',
  'invalid_json',
  'idempotency_in_flight',
  'too_large',
  'unsupported_media_type',
  'idempotency_mismatch',
  'unavailable',
];
const messageCodes: readonly ErrorCode[] = ['invalid_room', 'unknown_type', 'lane_full'];

const gift = { type: 'gift', data: { gift: 'rocket', count: 1 }, from: { id: 'u42', name: '小明' }, id: 'order-4711' };
const chat = { type: 'chat', data: { text: '主播好!' }, from: { id: 'u7', name: 'Ann' } };
const stored = { id: 'order-4711', room: 'live:1001', lane: 'gift' };

const publishSchema = {
  summary: 'Send a message to a room',
  description: 'Answered when the message is stored. The same `id` twice in a room is one message.',
  tags: ['messages'],
  params: roomParams,
  headers: idempotencyHeaders,
  body: withExamples(publishRequest, { gift, chat }),
  response: { 202: success(publishReply, 'Stored', stored), ...documented([...requestCodes, ...messageCodes]) },
};

const batchSchema = {
  summary: 'Send up to 1,000 messages, each to its own room',
  description:
    'Each message is accepted or refused by itself; those of one room and lane keep their order. Repeating the request with its ' +
    '`Idempotency-Key` tries again what failed for a reason that passes, and sends nothing twice.',
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
    ...documented(requestCodes),
  },
};

export function addMessageRoutes(app: TypedApp, runtime: Runtime, bus: Bus): void {
  app.post('/v1/rooms/:room/messages', { schema: publishSchema, config: { scope: 'publish' } }, async (request, reply) => {
    const publication = accept(runtime, request, { ...request.body, room: request.params.room }, 0);
    const [receipt] = await bus.publish([publication]);
    return reply.status(202).send(accepted(runtime, publication, receipt));
  });

  app.post('/v1/messages/batch', { schema: batchSchema, config: { scope: 'publish', rooms: 'each' } }, async (request) => {
    const tried = await publishBatch(runtime, bus, request, request.body.messages);
    return { results: tried.map((result) => resultOf(runtime, request, result)) };
  });
}

/** One result per message, in order. Throws when the store is away and so nothing was accepted. */
async function publishBatch(runtime: Runtime, bus: Bus, request: FastifyRequest, messages: BatchRequest['messages']): Promise<(Accepted | DanmuxError)[]> {
  const tried = messages.map((message, index) => attempt(() => accept(runtime, request, message, index)));
  const good = tried.flatMap((publication) => (publication instanceof DanmuxError ? [] : [publication]));
  const receipts = (await bus.publish(good)).values();
  const results = tried.map((publication) =>
    publication instanceof DanmuxError ? publication : attempt(() => accepted(runtime, publication, receipts.next().value)),
  );
  // When nothing could be stored the request as a whole failed: a retry with the same key may still succeed.
  const unavailable = results.find((result) => result instanceof DanmuxError && result.code === 'unavailable');
  if (unavailable && results.every((result) => result instanceof DanmuxError)) throw unavailable;
  return results;
}

function resultOf(runtime: Runtime, request: FastifyRequest, result: Accepted | DanmuxError): BatchResult | Problem {
  if (!(result instanceof DanmuxError)) return { status: 202, ...result };
  noteRefusal(runtime, result, { trace: request.id, route: request.routeOptions.url });
  if (errors[result.code].retryable) answerMayDiffer(request);
  return problemOf(result, request.id);
}

interface Accepted {
  readonly id: string;
  readonly room: string;
  readonly lane: Publication['lane'];
}
type BatchResult = Accepted & { readonly status: 202 };

function accept(runtime: Runtime, request: FastifyRequest, message: PublishRequest & { room: string }, index: number): Publication {
  const { room, type, data, from, id = derivedId(request, index) } = message;
  checkRoom(request, checkRoomName(room));
  const incoming = { room, type, data, trace: request.id, ...(from ? { from } : {}), ...(id === undefined ? {} : { id }) };
  const { types, role_weights: roleWeights } = runtime.config.messages;
  return acceptPublication(incoming, { types, roleWeights, maxData: limits.backendData, now: runtime.clock.now() });
}

function accepted(runtime: Runtime, { room, lane, trace }: Publication, receipt: Receipt | Error | undefined): Accepted {
  if (!receipt || receipt instanceof Error) throw receipt ?? new DanmuxError('internal');
  const { id, duplicate } = receipt;
  if (!duplicate) runtime.metrics.accepted.inc({ lane, source: 'api' });
  const level = lane === 'control' || lane === 'gift' ? 'info' : 'debug';
  runtime.log[level]({ trace, id, room, lane, hop: 'api', duplicate }, 'accepted');
  return { id, room, lane };
}

function attempt<T>(run: () => T): T | DanmuxError {
  try {
    return run();
  } catch (error) {
    return asDanmuxError(error);
  }
}
