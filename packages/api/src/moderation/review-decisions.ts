// Who decides about a held message: one verb of one request at a time, over all apis, and the one that was carried out for good. A
// request that dies in the middle holds the message for the 10 s of a claim; the message itself stays in the queue all the while.
import { runOnce } from '@danmux/bus';
import { DanmuxError, type HeldMessage } from '@danmux/protocol';
import { newId } from '@danmux/runtime';
import type { FastifyRequest } from 'fastify';
import { answerMayDiffer } from '../http/idempotency.ts';
import type { Services } from '../services.ts';

export type ReviewVerb = 'approve' | 'reject';

/**
 * Runs `carryOut` for the first request only: the same verb again is given its answer. Throws `conflict` when the other verb was first,
 * or while another request decides. When `carryOut` fails nothing is decided, and either verb may be tried again.
 */
export async function decide<T>(services: Services, request: FastifyRequest, { id }: HeldMessage, verb: ReviewVerb, carryOut: () => Promise<T>): Promise<T> {
  const { bus, runtime } = services;
  const claim = { key: `review ${id}`, body: verb, id: newId(runtime.clock.now()) };
  // Kept as long as the message could wait, should it not leave the queue now.
  const options = { keepMs: runtime.config.moderation.review_ttl_ms, giveUp: (key: string, claimed: string) => giveUp(services, key, claimed) };
  const decided = await runOnce(bus.claims, claim, options, async () => JSON.stringify(await carryOut()));
  if (decided.state === 'done') return JSON.parse(decided.answer) as T;
  answerMayDiffer(request);
  throw new DanmuxError('conflict', { message: 'Another moderator decides about this message, or has done so.' });
}

async function giveUp({ bus, runtime }: Services, key: string, claim: string): Promise<void> {
  await bus.claims.forget(key, claim).catch((error: unknown) => {
    runtime.caught('review-decisions', error, 'could not give up the claim of a held message; it ends by itself');
  });
}
