// Schemas of /v1/webhooks: the state of each target, and its dead letters, which are events whose delivery attempts all failed.
import { type Static, Type } from 'typebox';
import { limits } from '../limits.ts';
import { nextCursor, pageQuery, strict } from './fields.ts';

export const webhookStatus = Type.Object(
  {
    id: Type.String(),
    host: Type.String({ description: 'Host and port of the target URL; the path is omitted because it may contain a secret' }),
    state: Type.Union([Type.Literal('closed'), Type.Literal('open'), Type.Literal('disabled'), Type.Literal('unserved')], {
      title: 'WebhookState',
      description:
        '`closed`: deliveries succeed; `open`: deliveries fail, the next attempt is at `retry_at`; `disabled`: the target answered 410 and gets no attempts until it is enabled; `unserved`: no running worker has the target in its config, so its events wait',
    }),
    failures: Type.Integer({ description: 'Failed attempts since the last successful one' }),
    retry_at: Type.Union([Type.Integer(), Type.Null()], { description: 'Time of the next attempt, milliseconds since 1970; null unless `state` is `open`' }),
    error: Type.Union([Type.String(), Type.Null()], { description: 'Error of the last attempt' }),
    lag_ms: Type.Integer({ description: 'Age of the oldest undelivered event, milliseconds' }),
    dropped: Type.Integer({
      description:
        'Events evicted at the cap of the event log (`webhooks.log_events`) before delivery to this target, since the store was created; counts all types and rooms',
    }),
    workers: Type.Object(
      {
        same: Type.Integer({ description: 'Workers whose config has the target as the api has it' }),
        different: Type.Integer({ description: 'Workers whose config has another URL, secret, or choice of events or rooms for it' }),
        missing: Type.Integer({ description: 'Workers whose config lacks it. While such a worker is responsible for the target, its events wait' }),
        unknown: Type.Integer({ description: 'Workers that cannot be compared: they run an older version, or have another `viewer.token_secret`' }),
      },
      { title: 'TargetWorkers', description: 'Number of running workers, by their config' },
    ),
  },
  { title: 'Webhook' },
);
const unlistedTarget = Type.Object({ id: Type.String(), workers: Type.Integer({ description: 'Workers that have it' }) }, { title: 'UnlistedTarget' });
export const webhooksReply = Type.Object(
  {
    webhooks: Type.Array(webhookStatus),
    unlisted: Type.Array(unlistedTarget, { description: 'Targets that workers have in their config and this api has not' }),
  },
  { title: 'WebhookList' },
);

const deadLetter = Type.Object(
  {
    entry: Type.String({ description: 'Id of the dead letter, for the replay route' }),
    target: Type.String(),
    event: Type.Object(
      {
        id: Type.String(),
        type: Type.String(),
        room: Type.String(),
        ts: Type.Integer(),
        data: Type.Unknown(),
      },
      { title: 'WebhookEvent' },
    ),
    error: Type.String({ description: 'Error of the last attempt' }),
    attempts: Type.Integer(),
    at: Type.Integer({ description: 'When delivery was given up, milliseconds since 1970' }),
  },
  { title: 'DeadLetter' },
);
export const deadLettersQuery = Type.Object(pageQuery(limits.listPage), strict);
export const deadLettersReply = Type.Object(
  { letters: Type.Array(deadLetter, { description: 'Newest first' }), cursor: nextCursor },
  { title: 'DeadLettersPage' },
);
export const enableReply = Type.Object({ id: Type.String(), enabled: Type.Literal(true) }, { title: 'EnabledWebhook' });
export const replayReply = Type.Object({ entry: Type.String(), queued: Type.Literal(true) }, { title: 'QueuedDeadLetter' });

export type DeadLettersReply = Static<typeof deadLettersReply>;
