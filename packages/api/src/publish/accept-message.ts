// Validates messages of backends, converts them to publications, and publishes them now or as a delayed job. Validation happens before
// anything is stored.
import { acceptPublication, type Marks, type Publication, type PublishResult } from '@danmux/bus';
import { publishAll } from '@danmux/cluster';
import { jobIdOf } from '@danmux/jobs';
import { DanmuxError, isStreamLane, lanes, limits, reservedTypes } from '@danmux/protocol';
import type { PublishRequest } from '@danmux/protocol/schemas';
import type { FastifyRequest } from 'fastify';
import { derivedId } from '../http/idempotency.ts';
import { asDanmuxError } from '../http/problem.ts';
import { givenTrace } from '../http/trace.ts';
import type { Services } from '../services.ts';

export interface Accepted {
  readonly id: string;
  readonly room: string;
  readonly lane: Publication['lane'];
  /** Id of the job; only for a delayed message. */
  readonly job?: string;
  /** True when an equal message with this id was accepted before. */
  readonly duplicate?: true;
}

/** A validated message. */
export interface Ready {
  readonly publication: Publication;
  readonly delayMs: number;
}

/** Destination of a message: a room with a valid name; for a message to a user, the internal room of the user, and the user. */
export interface Destination {
  readonly room: string;
  readonly user?: string;
}

/** Validates one message; throws the error that refuses it. A message without an id gets one derived from Idempotency-Key and `index`. */
export function readyMessage(services: Services, request: FastifyRequest, destination: Destination, message: PublishRequest, index = 0): Ready {
  const { type, data, from, id = derivedId(request, index), delay_ms: delayMs = 0 } = message;
  const { config, clock } = services.runtime;
  const now = clock.now();
  checkTimes(message, now);
  if (reservedTypes.includes(type)) throw new DanmuxError('type_forbidden', { message: `body: type "${type}" is reserved for danmux; use another type.` });
  const { types, role_weights: roleWeights } = config.messages;
  // The mark `traced` is set only on lanes where tracing is optional: guaranteed lanes are always traced, and lanes without history never. A
  // gift must not get the mark, because the relay merges only gifts without marks into a combo.
  const lane = types[type]?.lane;
  const traced = lane !== undefined && isStreamLane(lane) && !lanes[lane].guaranteed && givenTrace(request) !== undefined;
  const marks = marksOf(message, destination, traced);
  const incoming = {
    room: destination.room,
    type,
    data,
    trace: request.id,
    ...(from ? { from } : {}),
    ...(id === undefined ? {} : { id, dedupeKey: destination.user === undefined ? id : jobIdOf('user', `${destination.user}\n${id}`), distinct: true }),
    ...(marks ? { marks } : {}),
  };
  const publication = acceptPublication(incoming, { types, roleWeights, maxData: limits.backendData, now });
  if (message.receipt && !isStreamLane(publication.lane))
    throw new DanmuxError('invalid_request', { message: `body: receipt does not work for messages of the lane ${publication.lane}; remove receipt.` });
  return { publication, delayMs };
}

function checkTimes({ delay_ms: delayMs = 0, expires_at: expiresAt }: PublishRequest, now: number): void {
  if (expiresAt === undefined || expiresAt > now + delayMs) return;
  throw new DanmuxError('invalid_request', {
    message: expiresAt > now ? 'body: expires_at must be later than the end of delay_ms.' : 'body: expires_at must be in the future.',
  });
}

/** Undefined when there is nothing to mark, because the relay merges only messages without marks. */
function marksOf({ receipt, expires_at }: PublishRequest, { user }: Destination, traced: boolean): Marks | undefined {
  if (!receipt && expires_at === undefined && user === undefined && !traced) return undefined;
  return {
    ...(traced ? { traced } : {}),
    ...(receipt ? { receipt } : {}),
    ...(expires_at === undefined ? {} : { expires_at }),
    ...(user === undefined ? {} : { to: user }),
  };
}

/** Returns one result per message, in order: the accepted message, or the error that refused it, such as `unavailable` when the store is away. */
export async function sendMessages(services: Services, messages: readonly Ready[]): Promise<readonly (Accepted | DanmuxError)[]> {
  const now = messages.filter(({ delayMs }) => delayMs === 0).map(({ publication }) => publication);
  // A request with only delayed messages must not touch the ingress.
  const [published, jobs] = await Promise.all([
    now.length > 0 ? publishAll(services, now) : [],
    Promise.all(messages.filter(({ delayMs }) => delayMs > 0).map((message) => delay(services, message))),
  ]);
  const [nextPublished, nextJob] = [published.values(), jobs.values()];
  return messages.map(({ publication, delayMs }) =>
    delayMs > 0 ? (nextJob.next().value ?? new DanmuxError('internal')) : accepted(publication, nextPublished.next().value),
  );
}

/** Like `sendMessages` for one message, but throws the error that refused it. */
export async function sendMessage(services: Services, message: Ready): Promise<Accepted> {
  const [result] = await sendMessages(services, [message]);
  if (!result || result instanceof DanmuxError) throw result ?? new DanmuxError('internal');
  return result;
}

async function delay({ jobs, runtime }: Services, { publication, delayMs }: Ready): Promise<Accepted | DanmuxError> {
  const { id, room, lane, trace, digest, dedupeKey = id } = publication;
  try {
    const options = { id: jobIdOf('publish', `${room}\n${dedupeKey}`), delayMs, confirmed: lanes[lane].guaranteed };
    const data = { publications: [publication], ...(digest === undefined ? {} : { digest }) };
    const { id: job, duplicate } = await jobs.addDistinct('publish', data, options);
    runtime.log.debug({ trace, id, room, lane, job, duplicate, hop: 'api' }, 'message delayed');
    return { id, room, lane, job, ...(duplicate ? { duplicate } : {}) };
  } catch (error) {
    return asDanmuxError(error);
  }
}

function accepted(publication: Publication, result: PublishResult | Error | undefined): Accepted | DanmuxError {
  if (!result || result instanceof Error) return asDanmuxError(result ?? new Error('the bus returned no result for a message'));
  const { room, lane } = publication;
  return { id: result.id, room, lane, ...(result.duplicate ? { duplicate: true } : {}) };
}
