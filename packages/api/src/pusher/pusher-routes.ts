// The routes of Pusher's HTTP API that publish events, read channels and end a user's connections, so that Laravel and pusher-php-server work
// with a changed host and port. They exist only when `pusher.app_id` is set, and use Pusher's authentication and error format.
import { type Audience, isUserRoom } from '@danmux/bus';
import { DanmuxError, limits } from '@danmux/protocol';
import type { PublishRequest } from '@danmux/protocol/schemas';
import { type Config, ConfigError } from '@danmux/runtime';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { Keys } from '../auth/auth.ts';
import { readBody, streamOf } from '../auth/raw-body.ts';
import { noteRefusal, problemOf, refusalOf, setRetryAfter } from '../http/problem.ts';
import type { TypedApp } from '../http/validation.ts';
import { kick } from '../moderation/sanctions.ts';
import { type Destination, type Ready, readyMessage, sendMessages } from '../publish/accept-message.ts';
import type { Services } from '../services.ts';
import { checkPusherAuth, checkPusherReplay, signedId } from './pusher-auth.ts';
import { batchBody, channelOf, destinationOf, type EventBody, eventBody, messageOf, roomOf, roomText } from './pusher-events.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Verified signature of a request to a Pusher-compatible route; empty on other routes. */
    pusherSignature: string;
  }
}

const query = Type.Object({ info: Type.Optional(Type.String({ maxLength: 200 })), filter_by_prefix: Type.Optional(Type.String({ maxLength: 200 })) });
const channelParams = Type.Object({ app: Type.String(), channel: Type.String() });
const terminateParams = Type.Object({ user: Type.String({ minLength: 1, maxLength: limits.userId }) });
/** Pusher lists the users of a channel only if the channel name begins with this prefix. */
const presencePrefix = 'presence-';
const minSecretLength = 32;
/** Maximum number of channels in a reply with `user_count`, because each one requires reading the members of a room. */
const maxCountedChannels = 500;

export async function addPusherRoutes(app: TypedApp, services: Services, keys: Keys): Promise<void> {
  const { pusher } = services.runtime.config;
  if (!pusher.app_id) return;
  if (!pusher.key || pusher.secret.length < minSecretLength)
    throw new ConfigError(`pusher.app_id is set, so pusher.key must be set too, and pusher.secret must have ${minSecretLength} characters or more.`);
  await app.register(async (scope) => {
    scope.decorateRequest('pusherSignature', '');
    scope.setErrorHandler((error: FastifyError, request, reply) => refuse(services, request, reply, error));
    scope.addHook('preParsing', async (request) => {
      const body = await readBody(request);
      await authenticate(services, keys, pusher, request, body).catch((error: unknown) => {
        throw keys.failureOf(request, error);
      });
      return streamOf(body);
    });
    addEventRoutes(scope as TypedApp, services);
    addChannelRoutes(scope as TypedApp, services);
    addUserRoutes(scope as TypedApp, services);
  });
  // Requests below /apps that match no route also get errors in Pusher's format. Fastify needs a prefix for a separate not-found handler.
  const refused = async (scope: FastifyInstance) => {
    const answer = (request: FastifyRequest, reply: FastifyReply) => refuse(services, request, reply, notFound(request));
    scope.setErrorHandler((_error, request, reply) => answer(request, reply));
    scope.setNotFoundHandler(answer);
  };
  await app.register(refused, { prefix: '/apps' });
}

async function authenticate({ bus, runtime }: Services, keys: Keys, pusher: Config['pusher'], request: FastifyRequest, body: Buffer): Promise<void> {
  const target = request.raw.url ?? '';
  const { public_path: publicPath } = runtime.config.api;
  const signature = checkPusherAuth(pusher, { method: request.method, target, publicPath, body }, runtime.clock.now());
  const { app = pusher.app_id } = request.params as { app?: string };
  if (app !== pusher.app_id) throw new DanmuxError('not_found', { message: 'No app has this id.' });
  if (request.method === 'POST') await checkPusherReplay(bus, signature, runtime.config);
  request.pusherSignature = signature;
  // This id cannot equal the id of an API key, because ids of API keys contain no colon.
  request.keyId = `pusher:${pusher.key}`;
  keys.rates.take(request.keyId);
}

function addEventRoutes(scope: TypedApp, services: Services): void {
  const { messages, pusher } = services.runtime.config;
  const config = { scope: 'publish', auth: 'own' } as const;

  scope.post('/apps/:app/events', { schema: { hide: true, body: eventBody }, config }, async (request) => {
    const { body } = request;
    const channels = channelsOf(body);
    const destinations = channels.map((channel) => destinationOf(channel, pusher));
    const message = messageOf(body, messages);
    await send(
      services,
      destinations.map((destination, index) => readyEvent(services, request, destination, message, index)),
    );
    const requested = infoOf(body.info);
    if (requested.size === 0) return {};
    return {
      channels: Object.fromEntries(
        await Promise.all(
          destinations.flatMap((destination, index) =>
            destination.user === undefined ? [countsOf(services, destination, requested).then((counts) => [channels[index] ?? '', counts])] : [],
          ),
        ),
      ),
    };
  });

  scope.post('/apps/:app/batch_events', { schema: { hide: true, body: batchBody }, config }, async (request) => {
    const { batch } = request.body;
    const ready = batch.map((event, index) => readyEvent(services, request, destinationOf(event.channel, pusher), messageOf(event, messages), index));
    await send(services, ready);
    if (batch.every(({ info }) => info === undefined)) return {};
    return { batch: await Promise.all(batch.map(({ channel, info }) => countsOf(services, destinationOf(channel, pusher), infoOf(info)))) };
  });
}

function addChannelRoutes(scope: TypedApp, services: Services): void {
  const { bus, runtime } = services;
  const { pusher } = runtime.config;
  const config = { scope: 'read', auth: 'own' } as const;

  scope.get('/apps/:app/channels', { schema: { hide: true, querystring: query }, config }, async (request) => {
    const { filter_by_prefix: prefix = '', info } = request.query;
    const online = await bus.presence.rooms();
    const rooms = [...online.keys()].filter((room) => !isUserRoom(room) && room.startsWith(roomText(prefix, pusher)));
    const requested = infoOf(info);
    if (requested.has('user_count')) {
      if (rooms.length > maxCountedChannels)
        throw new DanmuxError('invalid_request', {
          message: `user_count works for at most ${maxCountedChannels} channels; narrow the list with filter_by_prefix.`,
        });
      return {
        channels: Object.fromEntries(await Promise.all(rooms.map(async (room) => [channelOf(room, pusher), await countsOf(services, { room }, requested)]))),
      };
    }
    return {
      channels: Object.fromEntries(
        rooms.map((room) => [channelOf(room, pusher), requested.has('subscription_count') ? { subscription_count: online.get(room) } : {}]),
      ),
    };
  });

  scope.get('/apps/:app/channels/:channel', { schema: { hide: true, params: channelParams, querystring: query }, config }, async (request) => {
    const audience = await bus.presence.audience(roomOf(request.params.channel, pusher));
    return { occupied: audience.online > 0, ...infoReply(audience, infoOf(request.query.info)) };
  });

  scope.get('/apps/:app/channels/:channel/users', { schema: { hide: true, params: channelParams }, config }, async (request) => {
    const { channel } = request.params;
    if (!channel.startsWith(presencePrefix))
      throw new DanmuxError('invalid_request', { message: `Only channels whose name begins with ${presencePrefix} have users.` });
    const { members } = await bus.presence.audience(roomOf(channel, pusher));
    return { users: members.map(({ id }) => ({ id })) };
  });
}

function addUserRoutes(scope: TypedApp, services: Services): void {
  const config = { scope: 'moderate', auth: 'own' } as const;
  // The Python package `pusher` (3.3.4) omits `/apps/:app` from this path. The key in its signed query identifies the app.
  for (const path of ['/apps/:app/users/:user/terminate_connections', '/users/:user/terminate_connections']) {
    scope.post(path, { schema: { hide: true, params: terminateParams }, config }, async (request) => {
      const { user } = request.params as Static<typeof terminateParams>;
      await kick(services, {}, user, { by: request.keyId, at: services.runtime.clock.now() });
      return {};
    });
  }
}

function notFound({ method, url }: FastifyRequest): DanmuxError {
  return new DanmuxError('not_found', { message: `There is no route ${method} ${url.split('?')[0]?.slice(0, 200)}.` });
}

function channelsOf({ channels = [], channel }: EventBody): readonly string[] {
  const all = new Set([...channels, ...(channel === undefined ? [] : [channel])]);
  if (all.size === 0) throw new DanmuxError('invalid_request', { message: 'body: channels or channel is required.' });
  return [...all];
}

/** Derives the message id from the signature, so that a repeated request has the same ids. */
function readyEvent(services: Services, request: FastifyRequest, destination: Destination, message: PublishRequest, index: number): Ready {
  return readyMessage(services, request, destination, { ...message, id: signedId(request.pusherSignature, index) });
}

/**
 * Throws the first error, because Pusher's reply has no result per event. Other events of the request may have been sent; repeating the
 * request sends no event twice.
 */
async function send(services: Services, ready: readonly Ready[]): Promise<void> {
  for (const result of await sendMessages(services, ready)) if (result instanceof DanmuxError) throw result;
}

type Info = ReadonlySet<string>;

function infoOf(info = ''): Info {
  return new Set(
    info
      .split(',')
      .map((word) => word.trim())
      .filter(Boolean),
  );
}

async function countsOf({ bus }: Services, { room, user }: Destination, requested: Info): Promise<object> {
  return user !== undefined || requested.size === 0 ? {} : infoReply(await bus.presence.audience(room), requested);
}

function infoReply({ users, online }: Audience, requested: Info): object {
  return { ...(requested.has('user_count') ? { user_count: users } : {}), ...(requested.has('subscription_count') ? { subscription_count: online } : {}) };
}

function refuse({ runtime }: Services, request: FastifyRequest, reply: FastifyReply, error: FastifyError | Error): FastifyReply {
  const refusal = refusalOf(error);
  noteRefusal(runtime, refusal, { trace: request.id, route: request.routeOptions.url });
  setRetryAfter(reply, problemOf(refusal).retry_after_ms);
  return reply.status(refusal.status).send({ error: refusal.message });
}
