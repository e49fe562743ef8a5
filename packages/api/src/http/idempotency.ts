// Idempotency-Key on every POST: the same key and body get the first answer again, another body is refused, and so is a second
// request while the first one runs. Answers that may come out otherwise next time are not kept: then a retry runs again, is told
// what was done already, and the ids derived from the key make sure that nothing is sent twice where that was lost.
import { createHash } from 'node:crypto';
import { type Bus, claimOnce, finishOnce } from '@danmux/bus';
import { DanmuxError, type ErrorCode, errors, limits } from '@danmux/protocol';
import { newId, type Runtime, toJson } from '@danmux/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Seal } from '../auth/seal.ts';
import { GivenUpClaims } from './given-up-claims.ts';
import { packAnswer, unpackAnswer } from './packed-answer.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Names this request for ever, when it came with an Idempotency-Key. */
    idempotency: Claim | null;
  }
}

interface Claim {
  readonly scope: string;
  /** This request's own, so that it never gives up what another one holds. */
  readonly id: string;
  readonly bodyHash: string;
  /** Set when the answer says 2xx but would not come out the same again. */
  mayDiffer: boolean;
  /** Of such an answer: what need not be done again. */
  done?: string;
}

interface KeptAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** All requests of a key write what they did as one claim: the newest knows of all. */
const doneClaim = 'done';
const keyForm = new RegExp(`^[\\x21-\\x7e]{1,${limits.id}}$`);

export function addIdempotency(app: FastifyInstance, runtime: Runtime, bus: Bus): void {
  const seal = new Seal(runtime.config.viewer.token_secret, 'kept answers');
  const givenUp = new GivenUpClaims(runtime, bus);
  app.addHook('onClose', async () => givenUp.stop());
  app.decorateRequest('idempotency', null);
  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers['idempotency-key'];
    if (request.method !== 'POST' || key === undefined || request.routeOptions.config.public) return undefined;
    if (typeof key !== 'string' || !keyForm.test(key)) {
      throw new DanmuxError('invalid_request', { message: `Idempotency-Key must be 1 to ${limits.id} printable characters without spaces.` });
    }
    const scope = hash(`${request.keyId}\n${request.method}\n${request.url}\n${key}`);
    const bodyHash = hash(toJson(request.body ?? null));
    const id = givenUp.take(scope) ?? newId();
    // Giving up goes on in the background: the answer does not wait for it.
    const state = await claimOnce(bus.claims, { key: scope, body: bodyHash, id }, (key, claim) => void givenUp.giveUp(key, claim));
    if (state.state === 'mismatch') throw new DanmuxError('idempotency_mismatch');
    if (state.state === 'in_flight') throw new DanmuxError('idempotency_in_flight', { retryAfterMs: 1_000 });
    if (state.state === 'done') return replay(reply, await opened(seal, request, scope, state.answer));
    request.idempotency = { scope, id, bodyHash, mayDiffer: false };
    return undefined;
  });
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.idempotency) await keepAnswer({ runtime, bus, seal, givenUp }, request.idempotency, reply, String(payload));
    return payload;
  });
}

/** The id of the `index`-th message of a request: the same at every retry, so that a crash before the answer doubles nothing. */
export function derivedId(request: FastifyRequest, index: number): string | undefined {
  return request.idempotency ? idsOf(request.idempotency.scope)(index) : undefined;
}

function idsOf(scope: string): (index: number) => string {
  return (index) => `k-${hash(`${scope}\n${index}`).slice(0, 32)}`;
}

/** A retry of this request may do better: a part of a batch was refused for a reason that passes. It is told what was `done` by then. */
export function answerMayDiffer(request: FastifyRequest, done?: string): void {
  if (request.idempotency) Object.assign(request.idempotency, { mayDiffer: true, done });
}

/** What earlier requests of this key had done when their answers were not kept; null when there is nothing. */
export async function doneBefore(request: FastifyRequest, bus: Bus): Promise<string | null> {
  const { idempotency } = request;
  if (!idempotency) return null;
  const state = await bus.claims.begin(doneScope(idempotency), idempotency.bodyHash, doneClaim);
  if (state.state === 'mismatch') {
    // The key stays free for the body it was first used with.
    answerMayDiffer(request);
    throw new DanmuxError('idempotency_mismatch');
  }
  return state.state === 'done' ? unpackAnswer(state.answer, idsOf(idempotency.scope)) : null;
}

/** An answer that told a secret rests sealed. */
async function opened(seal: Seal, { routeOptions }: FastifyRequest, scope: string, answer: string): Promise<string> {
  const text = routeOptions.config.secretAnswer ? seal.open(answer, scope) : await unpackAnswer(answer, idsOf(scope));
  if (text === null) throw new DanmuxError('conflict', { message: 'The first answer was sealed under another viewer.token_secret and cannot be told again.' });
  return text;
}

function replay(reply: FastifyReply, answer: string): FastifyReply {
  const { status, type, body } = JSON.parse(answer) as KeptAnswer;
  return reply
    .status(status)
    .header('idempotent-replayed', 'true')
    .type(type)
    .serializer((text: unknown) => String(text))
    .send(body);
}

interface Keeping {
  readonly runtime: Runtime;
  readonly bus: Bus;
  readonly seal: Seal;
  readonly givenUp: GivenUpClaims;
}

async function keepAnswer({ runtime, bus, seal, givenUp }: Keeping, claim: Claim, reply: FastifyReply, body: string): Promise<void> {
  const { scope, id, bodyHash, mayDiffer } = claim;
  const answer: KeptAnswer = { status: reply.statusCode, type: String(reply.getHeader('content-type') ?? 'application/json'), body };
  const text = JSON.stringify(answer);
  const { secretAnswer } = reply.request.routeOptions.config;
  await keepDone(runtime, bus, claim);
  if (mayDiffer || passes(reply.statusCode)) return givenUp.giveUp(scope, id);
  try {
    const kept = secretAnswer ? seal.close(text, scope) : await packAnswer(text, idsOf(scope));
    await finishOnce(bus.claims, { key: scope, body: bodyHash, id }, kept, runtime.config.api.idempotency_ttl_ms);
  } catch (error) {
    // The message is stored under an id derived from the key: a retry finds it, whatever became of this record.
    runtime.caught('idempotency', error, 'could not keep the answer to an idempotency key');
    void givenUp.giveUp(scope, id);
  }
}

async function keepDone(runtime: Runtime, bus: Bus, claim: Claim): Promise<void> {
  if (claim.done === undefined) return;
  try {
    const done = await packAnswer(claim.done, idsOf(claim.scope));
    await bus.claims.finish(doneScope(claim), claim.bodyHash, doneClaim, done, runtime.config.api.idempotency_ttl_ms);
  } catch (error) {
    // As long as messages are known by their ids, a retry still finds them.
    runtime.caught('idempotency', error, 'could not keep what was done under an idempotency key');
  }
}

function doneScope({ scope }: Claim): string {
  return `${scope}:done`;
}

/** A refusal of this status may be gone next time. */
function passes(status: number): boolean {
  return status >= 500 || Object.keys(errors).some((code) => errors[code as ErrorCode].status === status && errors[code as ErrorCode].retryable);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
