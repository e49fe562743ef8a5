// Lists edges that a viewer can connect to, least loaded first. Public, so requests are limited per address (IPv6: per /64).
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
/** Codes that a route without a key cannot return. */
const never: readonly ErrorCode[] = ['unauthorized', 'signature_invalid', 'signature_expired', 'nonce_replayed', 'forbidden'];

const schema = {
  summary: 'List edges for a viewer, best first',
  description: `Needs no key and works from pages of any origin; one address (IPv6: one /64) can send ${perMinute} requests a minute. Lists at most ${maxEdges} edges, least loaded first, and none that is full. \`room\`, \`user\` and \`region\` have no effect yet.`,
  tags: ['nodes'],
  security: [],
  querystring: gatewayQuery,
  response: { 200: success(gatewayReply, 'One to five edges', gatewayExample), ...documented(['invalid_request', 'unavailable'], never) },
};

export function addGatewayRoute(app: TypedApp, { bus, runtime }: Pick<Services, 'bus' | 'runtime'>): void {
  const rates = new AddressRates(runtime, perMinute);
  app.get('/v1/gateway', { schema, config: { public: true } }, async (request, reply): Promise<GatewayReply> => {
    rates.take(runtime.clientAddress(request.raw));
    const edges = await edgeUrls(bus, request.hostname);
    // The pages of viewers come from origins other than that of this API.
    reply.header('access-control-allow-origin', '*').header('cross-origin-resource-policy', 'cross-origin').header('cache-control', 'no-store');
    return { edges: edges.slice(0, maxEdges), ttl_ms: ttlMs };
  });
}
