// What the demo page asks for: where the edges are, and a viewer token of one room for anybody. For development only; the
// routes are there only when config api.demo is on.
import type { Bus } from '@danmux/bus';
import { checkRoomName, DanmuxError } from '@danmux/protocol';
import { newId, type Runtime, signViewerToken } from '@danmux/runtime';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { TypeBoxProvider } from './validation.ts';

const tokenTtlS = 7_200;
const tokenRequest = Type.Object(
  { room: Type.String({ maxLength: 1_024 }), name: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })) },
  { additionalProperties: false },
);

/** Public as the scope's other routes are. */
export function addDemoRoutes(scope: FastifyInstance, runtime: Runtime, bus: Bus): void {
  const app = scope.withTypeProvider<TypeBoxProvider>();
  app.get('/demo/config.json', async (request) => ({ edges: await edgeUrls(bus, request.hostname) }));
  app.post('/demo/token', { schema: { body: tokenRequest } }, async ({ body }) => {
    const room = checkRoomName(body.room);
    const user = { id: `demo-${newId().slice(-10).toLowerCase()}`, name: body.name ?? guestName() };
    const { token, expiresAt } = await signViewerToken(runtime.config.viewer, { sub: user.id, name: user.name, rooms: [room] }, tokenTtlS, runtime.clock.now());
    return { token, user, expires_at: expiresAt };
  });
}

const guestName = () => `观众${Math.floor(1_000 + Math.random() * 9_000)}`;

/** The edges as the page's visitor reaches them: those on a loopback or wildcard address are where the page came from. */
async function edgeUrls(bus: Bus, visitedHost: string): Promise<string[]> {
  const edges = (await bus.members()).filter(({ role }) => role === 'edge');
  if (edges.length === 0) throw new DanmuxError('unavailable', { message: 'No edge is running.', retryAfterMs: 1_000 });
  return edges.map(({ address }) => {
    const [host = '', port = ''] = address.split(/:(?=\d+$)/);
    return `http://${/^(127\.|0\.0\.0\.0$|localhost$|\[::1?\]$)/.test(host) ? visitedHost : host}:${port}`;
  });
}
