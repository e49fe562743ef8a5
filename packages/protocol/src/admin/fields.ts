// Fields that several nouns of the admin API have, each written once. Numbers in a query are text, as a URL gives them.
import { Type } from 'typebox';
import { type Lane, laneNames } from '../lanes.ts';
import { limits } from '../limits.ts';

export const strict = { additionalProperties: false } as const;

export const messageId = Type.String({
  minLength: 1,
  maxLength: limits.id,
  pattern: '^[\\x21-\\x7e]+$',
  description: 'Message id; the same one twice in a room is one message',
});

// A union of a mapped array has the static type `never`, so it is named.
export const laneSchema = Type.Unsafe<Lane>(Type.Union(laneNames.map((name) => Type.Literal(name))));

export const userId = Type.String({ minLength: 1, maxLength: limits.userId, description: 'User id: any text' });

export const fromSchema = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: limits.userId }),
    name: Type.Optional(Type.String({ maxLength: 128 })),
    avatar: Type.Optional(Type.String({ maxLength: 512 })),
    level: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  },
  { additionalProperties: true, description: 'Who sent it' },
);

/** Room names and prefixes that end in `*`; the handler names what is wrong with one. */
export const roomRule = Type.String({ minLength: 1, maxLength: limits.roomName + 1 });

/** The largest instant JSON and JavaScript agree on. */
const latest = Number.MAX_SAFE_INTEGER;
export const instant = (description: string) => Type.Integer({ minimum: 0, maximum: latest, description: `${description}; milliseconds since 1970` });

/** A page of at most three digits; the handler refuses more than the list's own limit. */
export const pageQuery = (most: number) => ({
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: limits.cursor, description: 'The `cursor` of the page before' })),
  limit: Type.Optional(Type.String({ pattern: '^[1-9][0-9]{0,2}$', description: `1 to ${most}, default 50` })),
});

export const nextCursor = Type.Union([Type.String(), Type.Null()], { description: 'Where the next page begins; null after the last' });
