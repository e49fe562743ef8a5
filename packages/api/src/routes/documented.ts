// What routes say of themselves alike in OpenAPI: their parameters and the problems they answer with.
import { type ErrorCode, errors } from '@danmux/protocol';
import { problem } from '@danmux/protocol/schemas';
import { type TSchema, Type } from 'typebox';

/** Loose on purpose: the handler names what is wrong with a room's name. */
export const roomParams = Type.Object({ room: Type.String({ description: 'Room name: A-Z a-z 0-9 _ . : @ -, at most 128', examples: ['live:1001'] }) });

export const idempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({ description: 'The same key with the same body gets the first answer again, with `Idempotent-Replayed: true`.' }),
  ),
});

/** Every route may answer with these. */
const always: readonly ErrorCode[] = ['unauthorized', 'rate_limited', 'internal'];

/** OpenAPI responses for error codes, one a status, naming the codes. */
export function documented(codes: readonly ErrorCode[]): Record<number, TSchema> {
  const all = [...new Set([...codes, ...always])];
  const statuses = [...new Set(all.map((code) => errors[code].status))].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const here = all.filter((code) => errors[code].status === status);
      const description = here.map((code) => `\`${code}\`: ${errors[code].text}`).join(' ');
      return [status, Type.Object(problem.properties, { description })];
    }),
  );
}
