// Lists and enables webhook targets, and lists and redelivers dead letters. The worker does the delivery.
import { DanmuxError } from '@danmux/protocol';
import { deadLettersQuery, deadLettersReply, enableReply, replayReply, webhooksReply } from '@danmux/protocol/schemas';
import { type ReplayResult, Webhooks } from '@danmux/webhooks';
import { Type } from 'typebox';
import { cursorOf, defaultPage, positionOf } from '../http/paging.ts';
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
  workers: { same: 2, different: 0, missing: 0, unknown: 0 },
};
const deadLetter = {
  entry: '17',
  target: 'billing',
  event: { id: 'e1', type: 'room.vacated', room: 'live:1001', ts: 1_767_139_200_000, data: {} },
  error: 'it answered 503',
  attempts: 1_442,
  at: 1_767_225_600_000,
};

const listSchema = {
  summary: 'List webhook targets',
  description: 'The targets of the config of this api, each with the state of its deliveries and the number of workers that have it in their config.',
  tags: ['webhooks'],
  response: { 200: success(webhooksReply, 'All targets, in the order of the config', { webhooks: [target], unlisted: [] }), ...documented(['unavailable']) },
};
const enableSchema = {
  summary: 'Enable a webhook target',
  description: 'Delivery is tried now instead of after the current backoff. Also enables a target that was disabled by a 410 response.',
  tags: ['webhooks'],
  params: Type.Object({ target: Type.String({ minLength: 1, maxLength: 32, description: 'Target id', examples: ['billing'] }) }),
  headers: idempotencyHeaders,
  response: { 200: success(enableReply, 'Delivery is tried now', { id: 'billing', enabled: true }), ...documented([...postCodes, 'not_found']) },
};
const deadSchema = {
  summary: 'List dead letters',
  description:
    'An event that could not be delivered for `webhooks.retry_for_ms` becomes a dead letter. Newest first. Pass the `cursor` of a page to read the next page.',
  tags: ['webhooks'],
  querystring: deadLettersQuery,
  response: { 200: success(deadLettersReply, 'One page', { letters: [deadLetter], cursor: null }), ...documented(['invalid_request', 'unavailable']) },
};
const replaySchema = {
  summary: 'Redeliver a dead letter',
  description:
    'Removes the dead letter from the list; it returns when the delivery fails again. `conflict` when its target is disabled or is not in the config any more.',
  tags: ['webhooks'],
  params: Type.Object({ entry: Type.String({ minLength: 1, maxLength: 64, description: '`entry` of the dead letter', examples: ['17'] }) }),
  headers: idempotencyHeaders,
  response: {
    202: success(replayReply, 'Queued for a worker', { entry: '17', queued: true }),
    ...documented([...postCodes, 'not_found', 'conflict']),
  },
};

export function addWebhookRoutes(app: TypedApp, { runtime, bus, jobs }: Services): void {
  const webhooks = new Webhooks(runtime, bus, jobs);

  app.get('/v1/webhooks', { schema: listSchema, config: { scope: 'admin' } }, async () => {
    const [targets, unlisted] = await Promise.all([webhooks.status(), webhooks.unlisted()]);
    return { webhooks: [...targets], unlisted: [...unlisted] };
  });

  app.post('/v1/webhooks/:target/enable', { schema: enableSchema, config: { scope: 'admin' } }, async ({ params: { target: id } }) => {
    if (!(await webhooks.enable(id))) throw new DanmuxError('not_found', { message: 'No webhook target has this id.' });
    return { id, enabled: true as const };
  });

  app.get('/v1/webhooks/dead', { schema: deadSchema, config: { scope: 'admin' } }, async ({ query: { cursor, limit } }) => {
    const page = await webhooks.deadLetters(cursor === undefined ? undefined : positionOf(cursor), limit ?? defaultPage);
    return { letters: page.letters.map(({ text, ...deadLetter }) => deadLetter), cursor: page.cursor === null ? null : cursorOf(page.cursor) };
  });

  app.post('/v1/webhooks/dead/:entry/replay', { schema: replaySchema, config: { scope: 'admin' } }, async ({ params: { entry } }, reply) => {
    const result = await webhooks.replay(entry);
    if (result !== 'queued') throw refusals[result]();
    return reply.status(202).send({ entry, queued: true });
  });
}

const refusals: Readonly<Record<Exclude<ReplayResult, 'queued'>, () => DanmuxError>> = {
  not_found: () => new DanmuxError('not_found', { message: 'No dead letter has this entry.' }),
  no_target: () => new DanmuxError('conflict', { message: 'The target of the dead letter is not in the config any more.' }),
  disabled: () => new DanmuxError('conflict', { message: 'The target of the dead letter answered 410 and is disabled; enable the target first.' }),
};
