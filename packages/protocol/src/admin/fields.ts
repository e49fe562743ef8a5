// Schema fields shared by several admin API resources. The `title` of a schema is its name in the OpenAPI document.
import { Type } from 'typebox';
import { type Lane, laneNames } from '../lanes.ts';
import { limits } from '../limits.ts';
import { roomRulePattern } from '../room-name.ts';

/** Schema option: an unknown field is refused. */
export const strict = { additionalProperties: false } as const;

/** A message id chosen by the backend. While the store remembers it, the same id and content is one message, so retries are safe. */
export const messageId = Type.String({
  minLength: 1,
  maxLength: limits.id,
  pattern: '^[\\x21-\\x7e]+$',
  description:
    'Message id, remembered in its room for `messages.dedupe_gift_ms` (15 minutes; lanes chat and ambient: `messages.dedupe_chat_ms`, a minute). Within that time equal content is not sent again, and other content is refused with `duplicate_id`',
});

/** A lane name. TypeBox infers `never` for a union of a mapped array, so the static type is given explicitly. */
export const laneSchema = Type.Unsafe<Lane>(
  Type.Union(
    laneNames.map((name) => Type.Literal(name)),
    { title: 'Lane' },
  ),
);

/** A user id. */
export const userId = Type.String({ minLength: 1, maxLength: limits.userId, description: 'User id: any text' });

/** The sender of a message. Unknown fields are allowed and passed on to viewers. */
export const fromSchema = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: limits.userId }),
    name: Type.Optional(Type.String({ maxLength: 128 })),
    avatar: Type.Optional(Type.String({ maxLength: 512 })),
    level: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  },
  { title: 'Sender', additionalProperties: true, description: 'The sender; unknown fields are passed on to viewers' },
);

/**
 * Schema option: keywords that the OpenAPI document states and the handler checks, because the handler returns a more specific error than the
 * schema would.
 */
export const checkedByHandler = (keywords: Readonly<Record<string, unknown>>) => ({ 'x-checked': keywords });

/** A room name, or a prefix that ends in `*`. */
export const roomRule = Type.String({ minLength: 1, maxLength: limits.roomName + 1, pattern: roomRulePattern });

/** The largest integer that a JavaScript number holds exactly. */
const latest = Number.MAX_SAFE_INTEGER;
/** A point in time, in milliseconds since 1970. */
export const instant = (description: string) => Type.Integer({ minimum: 0, maximum: latest, description: `${description}; milliseconds since 1970` });

/** Query fields of a list in pages of at most `most` rows. The api converts the text of a URL to the integer. */
export const pageQuery = (most: number) => ({
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: limits.cursor, description: 'The `cursor` of the previous page' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: most, default: 50, description: `1 to ${most}, default 50` })),
});

/** Cursor of the next page. */
export const nextCursor = Type.Union([Type.String(), Type.Null()], { description: 'Cursor of the next page; null on the last page' });
