// Schemas of POST /v1/tokens, which signs viewer tokens for backends without a JWT library.
import { type Static, Type } from 'typebox';
import { limits } from '../limits.ts';
import { roomNamePattern, roomRulePattern } from '../room-name.ts';
import { checkedByHandler, strict, userId } from './fields.ts';

export const tokenRequest = Type.Object(
  {
    sub: userId,
    name: Type.Optional(Type.String({ maxLength: 128 })),
    avatar: Type.Optional(Type.String({ maxLength: 512 })),
    level: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
    roles: Type.Optional(Type.Array(Type.String({ maxLength: 32 }), { maxItems: 16 })),
    rooms: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: limits.roomName, pattern: roomRulePattern }), {
        minItems: 1,
        maxItems: 64,
        description: 'Exact names, or prefixes that end in `*`; absent: every room',
      }),
    ),
    device: Type.Optional(Type.String({ maxLength: 32 })),
    send: Type.Optional(Type.Boolean({ default: true, description: 'False: the bearer may watch but not send' })),
    ttl_s: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400, default: 3_600 })),
  },
  { ...strict, title: 'TokenRequest' },
);
export const tokenReply = Type.Object({ token: Type.String(), expires_at: Type.Integer({ description: 'Milliseconds since 1970' }) }, { title: 'ViewerToken' });

export const watchTokenRequest = Type.Object(
  {
    room: Type.Optional(
      Type.String({
        maxLength: 1_024,
        description: 'Required unless the key is a watch key, which has its room',
        ...checkedByHandler({ pattern: roomNamePattern }),
      }),
    ),
    ttl_s: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_600, default: 3_600 })),
  },
  { ...strict, title: 'WatchTokenRequest' },
);
export const watchTokenReply = Type.Object(
  { ...tokenReply.properties, room: Type.String({ description: 'The room that the token may watch' }) },
  { title: 'WatchToken' },
);
export type TokenRequest = Static<typeof tokenRequest>;
