// Turns what a backend asks to be sent into a publication, and sends it: now, or as a job that is due later. What is refused is refused
// before anything is stored.
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
  /** Of a message that is sent later. */
  readonly job?: string;
}

/** A message that may be sent. */
export interface Ready {
  readonly publication: Publication;
  readonly delayMs: number;
}

/** Where it goes: a room whose name was checked; of a user's messages the user besides. */
export interface Goal {
  readonly room: string;
  readonly user?: string;
}

/** The `index`-th message of a request. Throws what refuses it. */
export function readyMessage(services: Services, request: FastifyRequest, goal: Goal, message: PublishRequest, index = 0): Ready {
  const { type, data, from, id = derivedId(request, index), delay_ms: delayMs = 0 } = message;
  const { config, clock } = services.runtime;
  const now = clock.now();
  checkTimes(message, now);
  if (reservedTypes.includes(type)) throw new DanmuxError('type_forbidden', { message: `Messages of type "${type}" are danmux's own.` });
  const { types, role_weights: roleWeights } = config.messages;
  // The others are traced or have no history; a mark would keep gifts of a combo apart.
  const traced = types[type]?.lane === 'chat' && givenTrace(request) !== undefined;
  const marks = marksOf(message, goal, traced);
  const incoming = {
    room: goal.room,
    type,
    data,
    trace: request.id,
    ...(from ? { from } : {}),
    ...(id === undefined ? {} : { id, dedupeKey: goal.user === undefined ? id : jobIdOf('user', `${goal.user}\n${id}`) }),
    ...(marks ? { marks } : {}),
  };
  const publication = acceptPublication(incoming, { types, roleWeights, maxData: limits.backendData, now });
  if (message.receipt && !isStreamLane(publication.lane))
    throw new DanmuxError('invalid_request', { message: `body: receipt is not for messages of lane ${publication.lane}, which are counters.` });
  return { publication, delayMs };
}

function checkTimes({ delay_ms: delayMs = 0, expires_at: expiresAt }: PublishRequest, now: number): void {
  if (expiresAt === undefined || expiresAt > now + delayMs) return;
  throw new DanmuxError('invalid_request', {
    message: expiresAt > now ? 'body: the message would expire before delay_ms is over.' : 'body: expires_at has passed.',
  });
}

/** Absent of an ordinary message, which may then be merged with others. */
function marksOf({ receipt, expires_at }: PublishRequest, { user }: Goal, traced: boolean): Marks | undefined {
  if (!receipt && expires_at === undefined && user === undefined && !traced) return undefined;
  return {
    ...(traced ? { traced } : {}),
    ...(receipt ? { receipt } : {}),
    ...(expires_at === undefined ? {} : { expires_at }),
    ...(user === undefined ? {} : { to: user }),
  };
}

/** One result per message, in order. Rejects when the store is away. */
export async function sendMessages(services: Services, messages: readonly Ready[]): Promise<readonly (Accepted | DanmuxError)[]> {
  const now = messages.filter(({ delayMs }) => delayMs === 0).map(({ publication }) => publication);
  // Nothing is published for a request of delayed messages alone.
  const [receipts, jobs] = await Promise.all([
    now.length > 0 ? publishAll(services, now) : [],
    Promise.all(messages.filter(({ delayMs }) => delayMs > 0).map((message) => delay(services, message))),
  ]);
  const [nextReceipt, nextJob] = [receipts.values(), jobs.values()];
  return messages.map(({ publication, delayMs }) =>
    delayMs > 0 ? (nextJob.next().value ?? new DanmuxError('internal')) : accepted(publication, nextReceipt.next().value),
  );
}

/** The same of one message; throws what refused it. */
export async function sendMessage(services: Services, message: Ready): Promise<Accepted> {
  const [result] = await sendMessages(services, [message]);
  if (!result || result instanceof DanmuxError) throw result ?? new DanmuxError('internal');
  return result;
}

async function delay({ jobs, runtime }: Services, { publication, delayMs }: Ready): Promise<Accepted | DanmuxError> {
  const { id, room, lane, trace, dedupeKey = id } = publication;
  try {
    const options = { id: jobIdOf('publish', `${room}\n${dedupeKey}`), delayMs, confirmed: lanes[lane].guaranteed };
    const job = await jobs.add('publish', { publications: [publication] }, options);
    runtime.log.debug({ trace, id, room, lane, job, hop: 'api' }, 'delayed');
    return { id, room, lane, job };
  } catch (error) {
    return asDanmuxError(error);
  }
}

function accepted(publication: Publication, result: PublishResult | Error | undefined): Accepted | DanmuxError {
  if (!result || result instanceof Error) return asDanmuxError(result ?? new Error('the bus did not answer for a message'));
  const { room, lane } = publication;
  return { id: result.id, room, lane };
}
