// The review queue: messages that a word list or the moderation hook held, which a moderator approves or rejects. An approved message is
// published with its original sender and id, and removed from the queue after that. Repeating a decision has no effect; a different
// second decision is refused.
import { acceptPublication } from '@danmux/bus';
import { ruleRecords } from '@danmux/policy';
import { DanmuxError, type HeldMessage, limits } from '@danmux/protocol';
import { publishReply, rejectReply, reviewsQuery, reviewsReply } from '@danmux/protocol/schemas';
import { parseJson } from '@danmux/runtime';
import { Type } from 'typebox';
import { cursorOf, defaultPage, positionOf } from '../http/paging.ts';
import type { TypedApp } from '../http/validation.ts';
import { findField } from '../moderation/records.ts';
import { decide } from '../moderation/review-decisions.ts';
import { sendMessage } from '../publish/accept-message.ts';
import type { Services } from '../services.ts';
import { documented, idempotencyHeaders, messageParam, postCodes, success } from './documented.ts';

const params = Type.Object(messageParam);
const heldExample = {
  id: '01K8Y3V5S9Q4W2N7C6D1B0ATZX',
  room: 'live:1001',
  type: 'chat',
  data: { text: '加微信' },
  from: { id: 'u7', name: 'Ann' },
  at: 1_767_225_600_000,
  reason: 'ads',
};
const { id, room } = heldExample;

const listSchema = {
  summary: 'List messages held for review',
  description: 'A held message expires after `moderation.review_ttl_ms`. Pass the `cursor` of a page to read the next page.',
  tags: ['moderation'],
  querystring: reviewsQuery,
  response: { 200: success(reviewsReply, 'One page', { reviews: [heldExample], cursor: null }), ...documented(['invalid_request', 'unavailable']) },
};
const approveSchema = {
  summary: 'Approve a held message',
  description: 'Publishes the message with its original sender and id. `conflict` while another moderator decides, or when the message was rejected.',
  tags: ['moderation'],
  params,
  headers: idempotencyHeaders,
  response: {
    202: success(publishReply, 'Stored', { id, room, lane: 'chat' }),
    ...documented([...postCodes, 'not_found', 'conflict', 'unknown_type', 'lane_full']),
  },
};
const rejectSchema = {
  summary: 'Reject a held message',
  description: 'Only its sender has seen the message. `conflict` while another moderator decides, or when the message was approved.',
  tags: ['moderation'],
  params,
  headers: idempotencyHeaders,
  response: { 200: success(rejectReply, 'The message is deleted', { id, room }), ...documented([...postCodes, 'not_found', 'conflict']) },
};

export function addReviewRoutes(app: TypedApp, services: Services): void {
  const { bus, runtime } = services;

  app.get('/v1/reviews', { schema: listSchema, config: { scope: 'read' } }, async ({ query: { cursor, limit } }) => {
    const after = cursor === undefined ? undefined : positionOf(cursor);
    const page = await bus.records.page(ruleRecords.reviews, '', after, limit ?? defaultPage);
    const reviews = page.fields.map(([, { value }]) => parseJson(value) as HeldMessage);
    return { reviews, cursor: page.cursor === null ? null : cursorOf(page.cursor) };
  });

  app.post('/v1/reviews/:id/approve', { schema: approveSchema, config: { scope: 'moderate' } }, async (request, reply) => {
    const message = await find(services, request.params.id);
    const { types, role_weights: roleWeights } = runtime.config.messages;
    const rules = { types, roleWeights, maxData: limits.backendData, now: runtime.clock.now() };
    const sent = await decide(services, request, message, 'approve', () =>
      sendMessage(services, { publication: acceptPublication({ ...message, trace: request.id }, rules), delayMs: 0 }),
    );
    await removeFromQueue(services, message.id);
    return reply.status(202).send(sent);
  });

  app.post('/v1/reviews/:id/reject', { schema: rejectSchema, config: { scope: 'moderate' } }, async (request) => {
    const message = await find(services, request.params.id);
    const { id, room } = message;
    const rejected = await decide(services, request, message, 'reject', async () => ({ id, room }));
    await removeFromQueue(services, id);
    return rejected;
  });
}

async function find({ bus }: Services, reviewId: string): Promise<HeldMessage> {
  const field = await findField(bus, ruleRecords.reviews, reviewId);
  if (!field) throw new DanmuxError('not_found', { message: 'No message with this id waits for review.' });
  return parseJson(field.value) as HeldMessage;
}

async function removeFromQueue({ bus }: Services, reviewId: string): Promise<void> {
  await bus.records.set(ruleRecords.reviews, new Map([[reviewId, null]]));
}
