// Parts of route schemas shared in OpenAPI: parameters and error responses.
import { type ErrorCode, errors, limits } from '@danmux/protocol';
import { messageId } from '@danmux/protocol/schemas';
import { type TSchema, Type } from 'typebox';
import { problemType } from '../http/problem.ts';

/** The problem schema's name among the document's components. */
export const problemSchemaId = 'Problem';

/** Loose on purpose: the handler's error explains an invalid room name. */
export const roomParams = Type.Object({ room: Type.String({ description: 'Room name: A-Z a-z 0-9 _ . : @ -, at most 128', examples: ['live:1001'] }) });

/** A message id in the path. */
export const messageParam = { id: { ...messageId, description: 'Message id, percent-encoded', examples: ['order-4711'] } };
const userParam = { user: Type.String({ minLength: 1, maxLength: limits.userId, description: 'User id, percent-encoded', examples: ['u42'] }) };
export const userParams = Type.Object(userParam);
export const roomUserParams = Type.Object({ ...roomParams.properties, ...userParam });

export const idempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: limits.id,
      pattern: '^[\\x21-\\x7e]+$',
      description: 'The same key with the same body gets the first answer again, with `Idempotent-Replayed: true`.',
      examples: ['order-20260101-4711'],
    }),
  ),
});

/** A success response with its description and an example. */
export function success<T extends TSchema>(schema: T, description: string, example: unknown): T {
  return { ...schema, description, examples: [example] };
}

/** A body with named examples. */
export function withExamples<T extends TSchema>(schema: T, examples: Readonly<Record<string, unknown>>): T {
  return { ...schema, 'x-examples': Object.fromEntries(Object.entries(examples).map(([summary, value]) => [summary, { summary, value }])) };
}

/** Errors of a route with a body that uses the store. */
export const bodyCodes: readonly ErrorCode[] = ['invalid_request', 'invalid_json', 'too_large', 'unsupported_media_type', 'unavailable'];

/** The same for a POST, which accepts an Idempotency-Key. */
export const postCodes: readonly ErrorCode[] = [...bodyCodes, 'idempotency_in_flight', 'idempotency_mismatch'];

/** Errors of every route that requires a key. */
const always: readonly ErrorCode[] = [
  'unauthorized',
  'signature_invalid',
  'signature_expired',
  'nonce_replayed',
  'forbidden',
  'rate_limited',
  'internal',
  'unavailable',
];

interface ProblemResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, object>>;
  readonly content: Readonly<Record<string, { readonly schema: { readonly $ref: string } }>>;
}

/** OpenAPI responses for error codes, one a status, listing the codes; `never` removes codes that the route cannot return. */
export function documented(codes: readonly ErrorCode[], never: readonly ErrorCode[] = []): Record<number, ProblemResponse> {
  const all = [...new Set([...codes, ...always])].filter((code) => !never.includes(code));
  const statuses = [...new Set(all.map((code) => errors[code].status))].sort();
  return Object.fromEntries(statuses.map((status) => [status, problemResponse(all.filter((code) => errors[code].status === status))]));
}

function problemResponse(codes: readonly ErrorCode[]): ProblemResponse {
  const waits = codes.some((code) => errors[code].retryable && errors[code].status !== 500);
  return {
    description: codes.map((code) => `\`${code}\`: ${errors[code].text}`).join(' '),
    ...(waits ? { headers: { 'Retry-After': { type: 'integer', description: 'Seconds after which to try again' } } } : {}),
    content: { [problemType]: { schema: { $ref: `${problemSchemaId}#` } } },
  };
}
