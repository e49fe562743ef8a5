// Jobs as a backend sees them: delayed messages and broadcasts by their ids, and what failed for good.
import type { JobProgress, JobStatus } from '@danmux/jobs';
import { DanmuxError, limits } from '@danmux/protocol';
import { type JobReply, jobCancelReply, jobReply, jobsQuery, jobsReply } from '@danmux/protocol/schemas';
import { Type } from 'typebox';
import { pageSize } from '../http/paging.ts';
import type { TypedApp } from '../http/validation.ts';
import type { Services } from '../services.ts';
import { documented, idempotencyHeaders, postCodes, success } from './documented.ts';

const params = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 128, description: 'Job id', examples: ['broadcast-0a1b2c3d4e5f60718293a4b5c6d7e8f9'] }),
});
const example = {
  id: 'broadcast-0a1b2c3d4e5f60718293a4b5c6d7e8f9',
  name: 'broadcast',
  state: 'active',
  attempts: 1,
  progress: { done: 120, total: 2_048 },
  created_at: 1_767_225_600_000,
};
const failed = {
  ...example,
  state: 'failed',
  attempts: 5,
  finished_at: 1_767_225_660_000,
  error: 'The message store cannot be reached; nothing was accepted.',
};

const oneSchema = {
  summary: 'A job',
  description:
    'What is done is kept for `jobs.kept_ms`. One that is `waiting` or `delayed` with `progress` waits for its next try: that much of it was done already.',
  tags: ['jobs'],
  params,
  response: { 200: success(jobReply, 'Where it is', example), ...documented(['invalid_request', 'not_found', 'unavailable']) },
};
const listSchema = {
  summary: 'Jobs that failed for good',
  description: 'Each was tried as often as it may be. Give the `cursor` of a page to read the next one.',
  tags: ['jobs'],
  querystring: jobsQuery,
  response: { 200: success(jobsReply, 'One page', { jobs: [failed], cursor: null }), ...documented(['invalid_request', 'unavailable']) },
};
const cancelSchema = {
  summary: 'Cancel a delayed message or a broadcast',
  description:
    'As long as it waits, perhaps for its next try: then some rooms of a broadcast have it already, and `progress` tells how many; the rest ' +
    'will not get it. It is forgotten. `conflict` when it runs, is done, or is a job of danmux itself.',
  tags: ['jobs'],
  params,
  response: {
    200: success(jobCancelReply, 'What was not done yet will not be', { id: example.id, cancelled: true, progress: example.progress }),
    ...documented(['invalid_request', 'not_found', 'conflict', 'unavailable']),
  },
};
const retrySchema = {
  summary: 'Run a failed job again',
  description: 'From where it was, with all its tries.',
  tags: ['jobs'],
  params,
  headers: idempotencyHeaders,
  response: { 202: success(jobReply, 'It waits', { ...example, state: 'waiting' }), ...documented([...postCodes, 'not_found', 'conflict']) },
};

/** Jobs that a backend requested and may cancel. */
const cancellable: readonly string[] = ['publish', 'broadcast'];

export function addJobRoutes(app: TypedApp, { jobs }: Services): void {
  const find = async (id: string): Promise<JobStatus> => {
    const status = await jobs.status(id);
    if (status) return status;
    throw new DanmuxError('not_found', { message: 'There is no such job, or it was done too long ago.' });
  };

  app.get('/v1/jobs/:id', { schema: oneSchema, config: { scope: 'read' } }, async ({ params: { id } }) => replyOf(await find(id)));

  app.get('/v1/jobs', { schema: listSchema, config: { scope: 'read' } }, async ({ query: { cursor, limit } }) => {
    const page = await jobs.failed(cursor, pageSize(limit, limits.listPage));
    return { jobs: page.jobs.map(replyOf), cursor: page.cursor };
  });

  app.delete('/v1/jobs/:id', { schema: cancelSchema, config: { scope: 'publish' } }, async ({ params: { id } }) => {
    const { name, state } = await find(id);
    if (!cancellable.includes(name)) throw new DanmuxError('conflict', { message: `A job "${name}" is danmux's own and cannot be cancelled.` });
    const cancelled = await jobs.cancel(id);
    if (!cancelled) throw new DanmuxError('conflict', { message: `The job does not wait any more; it was ${state}.` });
    return { id, cancelled: true as const, progress: progressReply(cancelled.progress) };
  });

  app.post('/v1/jobs/:id/retry', { schema: retrySchema, config: { scope: 'admin' } }, async ({ params: { id } }, reply) => {
    const { state } = await find(id);
    if (!(await jobs.retry(id))) throw new DanmuxError('conflict', { message: `Only a failed job is run again; this one is ${state}.` });
    return reply.status(202).send(replyOf(await find(id)));
  });
}

/** The cursor is internal to the handler. */
function progressReply(progress: JobProgress | null): JobReply['progress'] {
  return progress && { done: progress.done, total: progress.total };
}

function replyOf({ id, name, state, attempts, progress, createdAt, finishedAt, error }: JobStatus): JobReply {
  return {
    id,
    name,
    state,
    attempts,
    progress: progressReply(progress),
    created_at: createdAt,
    ...(finishedAt === undefined ? {} : { finished_at: finishedAt }),
    ...(error === undefined ? {} : { error }),
  };
}
