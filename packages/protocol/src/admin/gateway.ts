// Which edges a viewer is to connect to, best first.
import { type Static, Type } from 'typebox';
import { limits } from '../limits.ts';
import { strict } from './fields.ts';

export const gatewayQuery = Type.Object(
  {
    room: Type.Optional(Type.String({ minLength: 1, maxLength: limits.roomName, description: 'The room it will join' })),
    user: Type.Optional(Type.String({ minLength: 1, maxLength: limits.userId, description: 'Who it is' })),
    region: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'Where it is' })),
  },
  strict,
);

export const gatewayReply = Type.Object({
  edges: Type.Array(Type.Object({ url: Type.String(), load: Type.Optional(Type.Number({ description: '0 idle to 1 full' })) }), {
    maxItems: 5,
    description: 'Best first; try the next when one does not answer',
  }),
  ttl_ms: Type.Integer({ description: 'Ask again when this is over' }),
});
export const gatewayExample = { edges: [{ url: 'http://127.0.0.1:7700', load: 0.12 }], ttl_ms: 10_000 };

export type GatewayReply = Static<typeof gatewayReply>;
