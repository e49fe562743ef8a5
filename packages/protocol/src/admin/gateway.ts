// Schemas of /v1/gateway: the edges a viewer should connect to, best first.
import { type Static, Type } from 'typebox';
import { limits } from '../limits.ts';
import { strict } from './fields.ts';

/** Query of /v1/gateway. */
export const gatewayQuery = Type.Object(
  {
    room: Type.Optional(Type.String({ minLength: 1, maxLength: limits.roomName, description: 'The room the viewer will join' })),
    user: Type.Optional(Type.String({ minLength: 1, maxLength: limits.userId, description: 'User id of the viewer' })),
    region: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'Region of the viewer' })),
  },
  strict,
);

/** Reply of /v1/gateway: at most five edges. */
export const gatewayReply = Type.Object(
  {
    edges: Type.Array(Type.Object({ url: Type.String(), load: Type.Optional(Type.Number({ description: '0 idle to 1 full' })) }, { title: 'EdgeAddress' }), {
      maxItems: 5,
      description: 'Best first; if an edge does not answer, try the next one',
    }),
    ttl_ms: Type.Integer({ description: 'Milliseconds for which the list may be cached' }),
  },
  { title: 'Gateway' },
);
export const gatewayExample = { edges: [{ url: 'http://127.0.0.1:7700', load: 0.12 }], ttl_ms: 10_000 };

export type GatewayReply = Static<typeof gatewayReply>;
