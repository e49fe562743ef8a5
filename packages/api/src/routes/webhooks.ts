// Webhook operations: status of targets, dead letters, and redelivery.
import { DanmuxError, limits } from '@danmux/protocol';
import { deadLettersQuery, deadLettersReply, enableReply, replayReply, webhooksReply } from '@danmux/protocol/schemas';
import { type ReplayResult, Webhooks } from '@danmux/webhooks';
import { Type } from 'typebox';
import { cursorOf, pageSize, placeOf } from '../http/paging.ts';
import type { TypedApp } from '../http/validation.ts';
import type { Services } from '../services.ts';
import { documented, idempotencyHeaders, postCodes, success } from './documented.ts';

const target = {
  id: 'billing',
  host: 'hooks.example',
  state: 'open',
  failures: 3,
  retry_at: 1_767_225_660_000,
  error: 'it answered 503',
  lag_ms: 42_000,
  dropped: 0,
};
const letter = {
  entry: '17',
  target: 'billing',
  event: { id: 'e1', type: 'room.vacated', room: 'live:1001', ts: 1_767_139_200_000, data: {} },
  error: 'it answered 503',
  attempts: 1_442,
  at: 1_767_225_600_000,
};

const listSchema = {
  summary: 'The webhook targets',
  description: 'Those of the config, and how each does.',
  tags: ['webhooks'],
  response: { 200: success(webhooksReply, 'As configured', { webhooks: [target] }), ...documented(['unavailable']) },
};
const enableSchema = {
  summary: 'Try a webhook target again',
  description: 'At once, whatever it answered before; also one that is disabled.',
  tags: ['webhooks'],
  params: Type.Object({ target: Type.String({ minLength: 1, maxLength: 32, description: 'Id of a target', examples: ['billing'] }) }),
  headers: idempotencyHeaders,
  response: { 200: success(enableReply, 'It is tried', { id: 'billing', enabled: true }), ...documented([...postCodes, 'not_found']) },
};
const deadSchema = {
  summary: 'Events that could not be delivered',
  description: 'After `webhooks.retry_for_ms` an event becomes a dead letter. Give the `cursor` of a page to read the next one.',
  tags: ['webhooks'],
  querystring: deadLettersQuery,
  response: { 200: success(deadLettersReply, 'One page', { letters: [letter], cursor: null }), ...documented(['invalid_request', 'unavailable']) },
};
const replaySchema = {
  summary: 'Deliver a dead letter again',
  description: 'It leaves the list; when this fails too it comes back. `conflict` when its target is disabled or not configured any more.',
  tags: ['webhooks'],
  params: Type.Object({ entry: Type.String({ minLength: 1, maxLength: 64, description: 'The `entry` of a dead letter', examples: ['17'] }) }),
  headers: idempotencyHeaders,
  response: {
    202: success(replayReply, 'A worker sends it soon', { entry: '17', queued: true }),
    ...documented([...postCodes, 'not_found', 'conflict']),
  },
};

export function addWebhookRoutes(app: TypedApp, { runtime, bus, jobs }: Services): void {
  const webhooks = new Webhooks(runtime, bus, jobs);

  app.get('/v1/webhooks', { schema: listSchema, config: { scope: 'admin' } }, async () => ({ webhooks: [...(await webhooks.status())] }));

  app.post('/v1/webhooks/:target/enable', { schema: enableSchema, config: { scope: 'admin' } }, async ({ params: { target: id } }) => {
    if (!(await webhooks.enable(id))) throw new DanmuxError('not_found', { message: 'There is no webhook target of this id.' });
    return { id, enabled: true as const };
  });

  app.get('/v1/webhooks/dead', { schema: deadSchema, config: { scope: 'admin' } }, async ({ query: { cursor, limit } }) => {
    const page = await webhooks.deadLetters(cursor === undefined ? undefined : placeOf(cursor), pageSize(limit, limits.listPage));
    return { letters: page.letters.map(({ text, ...letter }) => letter), cursor: page.cursor === null ? null : cursorOf(page.cursor) };
  });

  app.post('/v1/webhooks/dead/:entry/replay', { schema: replaySchema, config: { scope: 'admin' } }, async ({ params: { entry } }, reply) => {
    const result = await webhooks.replay(entry);
    if (result !== 'queued') throw refusals[result]();
    return reply.status(202).send({ entry, queued: true });
  });
}

const refusals: Readonly<Record<Exclude<ReplayResult, 'queued'>, () => DanmuxError>> = {
  not_found: () => new DanmuxError('not_found', { message: 'There is no such dead letter (any more).' }),
  no_target: () => new DanmuxError('conflict', { message: 'Its target is not in the config any more.' }),
  disabled: () => new DanmuxError('conflict', { message: 'Its target answered 410 and is disabled; enable it first.' }),
};
