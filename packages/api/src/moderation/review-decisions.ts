// Ensures that a held message gets only one decision. A claim in the bus lets one request at a time decide, across all api processes, and
// stores the completed decision. If a process dies while deciding, its claim blocks other decisions for up to 10 s; the message stays in the
// queue.
import { runOnce } from '@danmux/bus';
import { DanmuxError, type HeldMessage } from '@danmux/protocol';
import { newId } from '@danmux/runtime';
import type { FastifyRequest } from 'fastify';
import { answerMayDiffer } from '../http/idempotency.ts';
import type { Services } from '../services.ts';

export type ReviewVerb = 'approve' | 'reject';

/**
 * Runs `carryOut` once per message: a repeat of the same verb gets the stored answer. Throws `conflict` when the other verb was completed
 * before, or while another request decides. When `carryOut` throws, nothing is decided and either verb can be tried again.
 */
export async function decide<T>(services: Services, request: FastifyRequest, { id }: HeldMessage, verb: ReviewVerb, carryOut: () => Promise<T>): Promise<T> {
  const { bus, runtime } = services;
  const claim = { key: `review ${id}`, body: verb, id: newId(runtime.clock.now()) };
  // The decision is stored for the maximum lifetime of a held message. If removing the message from the queue fails, the message cannot get
  // a different decision later.
  const options = { keepMs: runtime.config.moderation.review_ttl_ms, giveUp: (key: string, claimed: string) => giveUp(services, key, claimed) };
  const decided = await runOnce(bus.claims, claim, options, async () => JSON.stringify(await carryOut()));
  if (decided.state === 'done') return JSON.parse(decided.answer) as T;
  answerMayDiffer(request);
  throw new DanmuxError('conflict', { message: 'Another moderator is deciding about this message, or has decided.' });
}

async function giveUp({ bus, runtime }: Services, key: string, claim: string): Promise<void> {
  await bus.claims.forget(key, claim).catch((error: unknown) => {
    runtime.caught('review-decisions', error, 'could not release the claim of a held message; it expires after 10 s');
  });
}
