// Publishing: one message or a batch. A 202 is sent when the bus has stored it, not before.
import { acceptPublication, type Bus, type Publication, type Receipt } from '@danmux/bus';
import { checkRoomName, DanmuxError, type ErrorCode, limits } from '@danmux/protocol';
import { type BatchRequest, batchReply, batchRequest, type Problem, type PublishRequest, publishReply, publishRequest } from '@danmux/protocol/schemas';
import type { Runtime } from '@danmux/runtime';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { derivedId } from '../idempotency.ts';
import { problemOf } from '../problem.ts';
import { documented, idempotencyHeaders, roomParams } from './documented.ts';

const publishCodes: readonly ErrorCode[] = [
  'invalid_request',
  'invalid_json',
  'invalid_room',
  'unknown_type',
  'idempotency_in_flight',
  'too_large',
  'unsupported_media_type',
  'idempotency_mismatch',
  'unavailable',
  'lane_full',
];

export function addMessageRoutes(app: FastifyInstance, runtime: Runtime, bus: Bus): void {
  app.post<{ Params: { room: string }; Body: PublishRequest }>(
    '/v1/rooms/:room/messages',
    {
      schema: {
        summary: 'Send a message to a room',
        tags: ['messages'],
        params: roomParams,
        headers: idempotencyHeaders,
        body: publishRequest,
        response: { 202: publishReply, ...documented(publishCodes) },
      },
    },
    async (request, reply) => {
      const publication = accept(runtime, request, { room: request.params.room, ...request.body }, 0);
      const [receipt] = await bus.publish([publication]);
      return reply.status(202).send(accepted(runtime, publication, receipt));
    },
  );

  app.post<{ Body: BatchRequest }>(
    '/v1/messages/batch',
    {
      schema: {
        summary: 'Send up to 1,000 messages, each to its own room',
        description: 'Each message is accepted or refused by itself; those of one room and lane keep their order.',
        tags: ['messages'],
        headers: idempotencyHeaders,
        body: batchRequest,
        response: { 200: batchReply, ...documented(publishCodes) },
      },
    },
    async (request) => ({ results: await publishBatch(runtime, bus, request) }),
  );
}

async function publishBatch(runtime: Runtime, bus: Bus, request: FastifyRequest<{ Body: BatchRequest }>): Promise<(BatchResult | Problem)[]> {
  const tried = request.body.messages.map((message, index) => attempt(() => accept(runtime, request, message, index)));
  const good = tried.flatMap((publication) => (publication instanceof Error ? [] : [publication]));
  const receipts = (await bus.publish(good)).values();
  const results = tried.map((publication) =>
    publication instanceof Error ? publication : attempt(() => accepted(runtime, publication, receipts.next().value)),
  );
  // When nothing could be stored the request as a whole failed: a retry with the same key may still succeed.
  const unavailable = results.find((result) => result instanceof DanmuxError && result.code === 'unavailable');
  if (unavailable && results.every((result) => result instanceof Error)) throw unavailable;
  return results.map((result) => (result instanceof Error ? problemOf(asDanmuxError(result), request.trace) : { status: 202, ...result }));
}

interface Accepted {
  readonly id: string;
  readonly room: string;
  readonly lane: Publication['lane'];
}
type BatchResult = Accepted & { readonly status: number };

function accept(runtime: Runtime, request: FastifyRequest, message: PublishRequest & { room: string }, index: number): Publication {
  const { room, type, data, from, id = derivedId(request, index) } = message;
  const incoming = { room: checkRoomName(room), type, data, trace: request.trace, ...(from ? { from } : {}), ...(id === undefined ? {} : { id }) };
  return acceptPublication(incoming, { types: runtime.config.messages.types, maxData: limits.backendData, now: runtime.clock.now() });
}

function accepted(runtime: Runtime, { room, lane, trace }: Publication, receipt: Receipt | Error | undefined): Accepted {
  if (!receipt || receipt instanceof Error) throw receipt ?? new DanmuxError('internal');
  const { id, duplicate } = receipt;
  if (!duplicate) runtime.metrics.accepted.inc({ lane, source: 'api' });
  const level = lane === 'control' || lane === 'gift' ? 'info' : 'debug';
  runtime.log[level]({ trace, id, room, lane, hop: 'api', duplicate }, 'accepted');
  return { id, room, lane };
}

function attempt<T>(run: () => T): T | Error {
  try {
    return run();
  } catch (error) {
    return asDanmuxError(error);
  }
}

function asDanmuxError(error: unknown): DanmuxError {
  return error instanceof DanmuxError ? error : new DanmuxError('internal', { cause: error });
}
