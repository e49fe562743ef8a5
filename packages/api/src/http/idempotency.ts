// Handles the Idempotency-Key of every POST that is not public. A repeated request with the same key and body gets the stored answer. A
// request with the same key and another body is refused, and so is a repeat while the first request runs. An answer is not stored when a
// retry could get a better one: the retry then runs again, and a batch skips the messages already recorded as accepted. Message ids derived
// from the key prevent duplicates even when that record is lost.
import { createHash } from 'node:crypto';
import { type Bus, claimOnce } from '@danmux/bus';
import { DanmuxError, type ErrorCode, errors, limits } from '@danmux/protocol';
import { newId, type Runtime, toJson } from '@danmux/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Seal } from '../auth/seal.ts';
import { GivenUpClaims } from './given-up-claims.ts';
import { packAnswer, unpackAnswer } from './packed-answer.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The claim of this request; null without an Idempotency-Key. */
    idempotency: Claim | null;
  }
}

interface Claim {
  /** Hash of the API key id, the method, the URL and the Idempotency-Key. */
  readonly scope: string;
  /** Unique per request, so that a request never releases the claim of another one. */
  readonly id: string;
  readonly bodyHash: string;
  /** Set by `answerMayDiffer`: a retry could get another answer, so this one is not stored. */
  mayDiffer: boolean;
  /** Text that describes the completed work, which a retry can skip; only with `mayDiffer`. */
  done?: string;
}

interface StoredAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * All requests use the same claim id for the record of completed work. A retry can therefore overwrite the record of an earlier request; the
 * new record also includes the earlier work.
 */
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
    // When claiming fails, the claim is released in the background, so that the reply does not wait.
    const state = await claimOnce(bus.claims, { key: scope, body: bodyHash, id }, (key, claim) => void givenUp.giveUp(key, claim));
    if (state.state === 'mismatch') throw new DanmuxError('idempotency_mismatch');
    if (state.state === 'in_flight') throw new DanmuxError('idempotency_in_flight', { retryAfterMs: 1_000 });
    if (state.state === 'done') return replay(reply, await opened(seal, request, scope, state.answer));
    request.idempotency = { scope, id, bodyHash, mayDiffer: false };
    return undefined;
  });
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.idempotency) await storeAnswer({ runtime, bus, seal, givenUp }, request.idempotency, reply, String(payload));
    return payload;
  });
}

/**
 * Id for the message at this index of the request; undefined without an Idempotency-Key. Every retry derives the same id, so that a retry
 * after a crash stores no message twice.
 */
export function derivedId(request: FastifyRequest, index: number): string | undefined {
  return request.idempotency ? idsOf(request.idempotency.scope)(index) : undefined;
}

function idsOf(scope: string): (index: number) => string {
  return (index) => `k-${hash(`${scope}\n${index}`).slice(0, 32)}`;
}

/** Call when a retry could get another answer: the answer is then not stored. `done` describes the completed work, which the retry can skip. */
export function answerMayDiffer(request: FastifyRequest, done?: string): void {
  if (request.idempotency) Object.assign(request.idempotency, { mayDiffer: true, done });
}

/**
 * The `done` text that earlier requests with this Idempotency-Key recorded; null if there is none. Throws `idempotency_mismatch` when the
 * earlier requests had a different body.
 */
export async function doneBefore(request: FastifyRequest, bus: Bus): Promise<string | null> {
  const { idempotency } = request;
  if (!idempotency) return null;
  const state = await bus.claims.begin(doneScope(idempotency), idempotency.bodyHash, doneClaim);
  if (state.state === 'mismatch') {
    // The answer must not be stored and the key must be released, so that a retry with the first body can run.
    answerMayDiffer(request);
    throw new DanmuxError('idempotency_mismatch');
  }
  return state.state === 'done' ? unpackAnswer(state.answer, idsOf(idempotency.scope)) : null;
}

/** The stored answer as text. Answers with a secret are encrypted in the store. */
async function opened(seal: Seal, { routeOptions }: FastifyRequest, scope: string, answer: string): Promise<string> {
  const text = routeOptions.config.secretAnswer ? seal.open(answer, scope) : await unpackAnswer(answer, idsOf(scope));
  if (text === null)
    throw new DanmuxError('conflict', {
      message: 'The stored answer was encrypted under another viewer.token_secret and cannot be read; use a new Idempotency-Key.',
    });
  return text;
}

function replay(reply: FastifyReply, answer: string): FastifyReply {
  const { status, type, body } = JSON.parse(answer) as StoredAnswer;
  return reply
    .status(status)
    .header('idempotent-replayed', 'true')
    .type(type)
    .serializer((text: unknown) => String(text))
    .send(body);
}

interface Dependencies {
  readonly runtime: Runtime;
  readonly bus: Bus;
  readonly seal: Seal;
  readonly givenUp: GivenUpClaims;
}

async function storeAnswer({ runtime, bus, seal, givenUp }: Dependencies, claim: Claim, reply: FastifyReply, body: string): Promise<void> {
  const { scope, id, bodyHash, mayDiffer } = claim;
  const answer: StoredAnswer = { status: reply.statusCode, type: String(reply.getHeader('content-type') ?? 'application/json'), body };
  const text = JSON.stringify(answer);
  const { secretAnswer } = reply.request.routeOptions.config;
  await storeDone(runtime, bus, claim);
  if (mayDiffer || isRetryable(reply.statusCode)) return givenUp.giveUp(scope, id);
  try {
    const packed = secretAnswer ? seal.close(text, scope) : await packAnswer(text, idsOf(scope));
    await bus.claims.finish(scope, bodyHash, id, packed, runtime.config.api.idempotency_ttl_ms);
  } catch (error) {
    // Without the stored answer a retry runs again; its messages get the same derived ids, so they are not stored twice.
    runtime.caught('idempotency', error, 'could not store the answer of an idempotency key');
    void givenUp.giveUp(scope, id);
  }
}

async function storeDone(runtime: Runtime, bus: Bus, claim: Claim): Promise<void> {
  if (claim.done === undefined) return;
  try {
    const done = await packAnswer(claim.done, idsOf(claim.scope));
    await bus.claims.finish(doneScope(claim), claim.bodyHash, doneClaim, done, runtime.config.api.idempotency_ttl_ms);
  } catch (error) {
    // Without this record a retry sends all messages again; their ids prevent duplicates for messages.dedupe_chat_ms or messages.dedupe_gift_ms.
    runtime.caught('idempotency', error, 'could not store the completed work of an idempotency key');
  }
}

function doneScope({ scope }: Claim): string {
  return `${scope}:done`;
}

/** True when a retry can succeed: a server error, or a status of a retryable error code. */
function isRetryable(status: number): boolean {
  return status >= 500 || Object.keys(errors).some((code) => errors[code as ErrorCode].status === status && errors[code as ErrorCode].retryable);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
