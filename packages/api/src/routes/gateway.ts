// Edges for a viewer to connect to, the least loaded first.
import type { ErrorCode } from '@danmux/protocol';
import { type GatewayReply, gatewayExample, gatewayQuery, gatewayReply } from '@danmux/protocol/schemas';
import { AddressRates } from '../http/address-rates.ts';
import type { TypedApp } from '../http/validation.ts';
import type { Services } from '../services.ts';
import { documented, success } from './documented.ts';
import { edgeUrls } from './edge-urls.ts';

const maxEdges = 5;
const ttlMs = 10_000;
const perMinute = 600;
/** Public. */
const never: readonly ErrorCode[] = ['unauthorized', 'signature_invalid', 'signature_expired', 'nonce_replayed', 'forbidden'];

const schema = {
  summary: 'Edges for a viewer, best first',
  description: `For anybody, of any origin; an address may ask ${perMinute} times a minute. The least loaded edges, ${maxEdges} at most. \`room\`, \`user\` and \`region\` change nothing yet.`,
  tags: ['nodes'],
  security: [],
  querystring: gatewayQuery,
  response: { 200: success(gatewayReply, 'At least one', gatewayExample), ...documented(['invalid_request', 'unavailable'], never) },
};

export function addGatewayRoute(app: TypedApp, { bus, runtime }: Pick<Services, 'bus' | 'runtime'>): void {
  const rates = new AddressRates(runtime, perMinute);
  app.get('/v1/gateway', { schema, config: { public: true } }, async (request, reply): Promise<GatewayReply> => {
    rates.take(request.ip);
    const edges = await edgeUrls(bus, request.hostname);
    // Viewer pages have other origins.
    reply.header('access-control-allow-origin', '*').header('cross-origin-resource-policy', 'cross-origin').header('cache-control', 'no-store');
    return { edges: edges.slice(0, maxEdges), ttl_ms: ttlMs };
  });
}
