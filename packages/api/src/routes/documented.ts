// Parts of route schemas that several routes share in the OpenAPI document: parameters, headers, examples and error responses.
import { type ErrorCode, errors, limits, roomNamePattern } from '@danmux/protocol';
import { messageId } from '@danmux/protocol/schemas';
import { type TSchema, Type } from 'typebox';
import { problemType } from '../http/problem.ts';

/** Name of the schema of a problem (an error reply) in the components of the OpenAPI document. */
export const problemSchemaId = 'Problem';

/** A name that does not match is refused as `invalid_room`. */
export const roomParams = Type.Object({
  room: Type.String({
    pattern: roomNamePattern,
    description: 'Room name: 1 to 128 characters of A-Z a-z 0-9 _ . : @ -, of which the first is a letter or digit',
    examples: ['live:1001'],
  }),
});

/** The path parameter of a message id. */
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
      description: 'A repeated request with the same key and body gets the first response again, with the header `Idempotent-Replayed: true`.',
      examples: ['order-20260101-4711'],
    }),
  ),
});

/** A success response with its description and an example. */
export function success<T extends TSchema>(schema: T, description: string, example: unknown): T {
  return { ...schema, 'x-response-description': description, examples: [example] };
}

/** A request body with named examples. */
export function withExamples<T extends TSchema>(schema: T, examples: Readonly<Record<string, unknown>>): T {
  return { ...schema, 'x-examples': Object.fromEntries(Object.entries(examples).map(([summary, value]) => [summary, { summary, value }])) };
}

/** Error codes of a route that has a body and uses the store. */
export const bodyCodes: readonly ErrorCode[] = ['invalid_request', 'invalid_json', 'too_large', 'unsupported_media_type', 'unavailable'];

/** `bodyCodes` and the codes of the Idempotency-Key, which every POST accepts. */
export const postCodes: readonly ErrorCode[] = [...bodyCodes, 'idempotency_in_flight', 'idempotency_mismatch'];

/** For descriptions of routes that publish: how long an `id` is remembered, and what a repeat gets. */
export const repeatedIds =
  'Repeating an `id` with equal content (type, data and sender id) within `messages.dedupe_gift_ms` (15 minutes; lanes chat and ambient: `messages.dedupe_chat_ms`, a minute) ' +
  'sends nothing again and gets `duplicate: true`; with other content it is refused with `duplicate_id`.';

/** Error codes of every route that requires a key. */
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

/** OpenAPI error responses: one per status, listing its codes. Adds the codes of every route that requires a key; leaves out those in `never`. */
export function documented(codes: readonly ErrorCode[], never: readonly ErrorCode[] = []): Record<number, ProblemResponse> {
  const all = [...new Set([...codes, ...always])].filter((code) => !never.includes(code));
  const statuses = [...new Set(all.map((code) => errors[code].status))].sort();
  return Object.fromEntries(statuses.map((status) => [status, problemResponse(all.filter((code) => errors[code].status === status))]));
}

function problemResponse(codes: readonly ErrorCode[]): ProblemResponse {
  const retryable = codes.some((code) => errors[code].retryable && errors[code].status !== 500);
  return {
    description: codes.map((code) => `\`${code}\`: ${errors[code].text}`).join(' '),
    ...(retryable ? { headers: { 'Retry-After': { type: 'integer', description: 'Seconds until a retry makes sense' } } } : {}),
    content: { [problemType]: { schema: { $ref: `${problemSchemaId}#` } } },
  };
}
