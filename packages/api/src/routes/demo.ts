// Routes of the demo page: addresses of edges, a viewer token for one room, and free gifts, all without a key. They are for development
// and exist only when `api.demo` is on.
import { acceptPublication, type Bus } from '@danmux/bus';
import { Publisher } from '@danmux/cluster';
import { checkRoomName, DanmuxError, limits, roomMatches } from '@danmux/protocol';
import { newId, type Runtime, signViewerToken, verifyViewerToken } from '@danmux/runtime';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { TypeBoxProvider } from '../http/validation.ts';
import { edgeUrls } from './edge-urls.ts';

const tokenTtlS = 7_200;
const tokenRequest = Type.Object(
  { room: Type.String({ maxLength: 1_024 }), name: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })) },
  { additionalProperties: false },
);

const giftRequest = Type.Object(
  {
    token: Type.String({ maxLength: 4_096 }),
    room: Type.String({ maxLength: 1_024 }),
    gift: Type.String({ pattern: '^[a-z0-9_-]{1,32}$' }),
    name: Type.String({ minLength: 1, maxLength: 32 }),
    count: Type.Integer({ minimum: 1, maximum: 9_999 }),
  },
  { additionalProperties: false },
);

/** Adds the routes. `scope` must be a Fastify scope that makes all its routes public. */
export function addDemoRoutes(scope: FastifyInstance, runtime: Runtime, bus: Bus): void {
  const app = scope.withTypeProvider<TypeBoxProvider>();
  const publisher = new Publisher(runtime, bus, 'api');
  app.get('/demo/config.json', async (request) => ({ edges: (await edgeUrls(bus, request.hostname)).map(({ url }) => url) }));
  app.post('/demo/token', { schema: { body: tokenRequest } }, async ({ body }) => {
    const room = checkRoomName(body.room);
    const ttlS = Math.min(tokenTtlS, runtime.config.viewer.token_max_ttl_s);
    const user = { id: `demo-${newId().slice(-10).toLowerCase()}`, name: body.name ?? guestName() };
    const { token, expiresAt } = await signViewerToken(runtime.config.viewer, { sub: user.id, name: user.name, rooms: [room] }, ttlS, runtime.clock.now());
    return { token, user, expires_at: expiresAt };
  });
  // In production the site's backend publishes the gift after the viewer has paid.
  app.post('/demo/gift', { schema: { body: giftRequest } }, async ({ body }) => {
    const { gift, name, count } = body;
    const room = checkRoomName(body.room);
    const now = runtime.clock.now();
    const viewer = await verifyViewerToken(runtime.config.viewer, body.token, now);
    if (!roomMatches(room, viewer.rooms ?? [])) throw new DanmuxError('room_forbidden');
    const from = { id: viewer.sub, ...(viewer.name === undefined ? {} : { name: viewer.name }) };
    const publication = acceptPublication(
      { room, type: 'gift', data: { gift, name, count }, from },
      { types: runtime.config.messages.types, maxData: limits.viewerData, now },
    );
    const { id } = await publisher.publishOne(publication);
    return { id };
  });
}

const guestName = () => `观众${Math.floor(1_000 + Math.random() * 9_000)}`;
