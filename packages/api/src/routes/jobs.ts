// Shows and cancels the jobs of backends (delayed messages and broadcasts); lists and retries jobs that failed all their attempts.
import type { JobProgress, JobStatus } from '@danmux/jobs';
import { DanmuxError } from '@danmux/protocol';
import { type JobReply, jobCancelReply, jobReply, jobsQuery, jobsReply } from '@danmux/protocol/schemas';
import { Type } from 'typebox';
import { defaultPage } from '../http/paging.ts';
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
  summary: 'Get a job',
  description:
    'A finished job is kept for `jobs.kept_ms`. A job that is `waiting` or `delayed` and has `progress` waits for its next attempt; `progress` counts the work done so far.',
  tags: ['jobs'],
  params,
  response: { 200: success(jobReply, 'State and progress of the job', example), ...documented(['invalid_request', 'not_found', 'unavailable']) },
};
const listSchema = {
  summary: 'List failed jobs',
  description: 'Jobs that failed all their attempts, newest first. Pass the `cursor` of a page to read the next page.',
  tags: ['jobs'],
  querystring: jobsQuery,
  response: { 200: success(jobsReply, 'One page', { jobs: [failed], cursor: null }), ...documented(['invalid_request', 'unavailable']) },
};
const cancelSchema = {
  summary: 'Cancel a delayed message or a broadcast',
  description:
    'Works while the job waits for its time or for its next attempt, and deletes the job. Rooms that already got the broadcast keep it; `progress` counts them. ' +
    '`conflict` when the job runs, is finished, or was not created by a backend.',
  tags: ['jobs'],
  params,
  response: {
    200: success(jobCancelReply, 'The rest of the job will not run', { id: example.id, cancelled: true, progress: example.progress }),
    ...documented(['invalid_request', 'not_found', 'conflict', 'unavailable']),
  },
};
const retrySchema = {
  summary: 'Retry a failed job',
  description: 'The job continues from its `progress`, with a new set of attempts.',
  tags: ['jobs'],
  params,
  headers: idempotencyHeaders,
  response: { 202: success(jobReply, 'The job waits to run', { ...example, state: 'waiting' }), ...documented([...postCodes, 'not_found', 'conflict']) },
};

/** Names of the jobs that a backend creates and can cancel. */
const cancellable: readonly string[] = ['publish', 'broadcast'];

export function addJobRoutes(app: TypedApp, { jobs }: Services): void {
  const find = async (id: string): Promise<JobStatus> => {
    const status = await jobs.status(id);
    if (status) return status;
    throw new DanmuxError('not_found', { message: 'No job has this id, or it finished longer ago than jobs.kept_ms.' });
  };

  app.get('/v1/jobs/:id', { schema: oneSchema, config: { scope: 'read' } }, async ({ params: { id } }) => replyOf(await find(id)));

  app.get('/v1/jobs', { schema: listSchema, config: { scope: 'read' } }, async ({ query: { cursor, limit } }) => {
    const page = await jobs.failed(cursor, limit ?? defaultPage);
    return { jobs: page.jobs.map(replyOf), cursor: page.cursor };
  });

  app.delete('/v1/jobs/:id', { schema: cancelSchema, config: { scope: 'publish' } }, async ({ params: { id } }) => {
    const { name, state } = await find(id);
    if (!cancellable.includes(name)) throw new DanmuxError('conflict', { message: `Jobs of the kind "${name}" belong to danmux and cannot be cancelled.` });
    const cancelled = await jobs.cancel(id);
    if (!cancelled) throw new DanmuxError('conflict', { message: `Only a waiting job can be cancelled; this job is ${state}.` });
    return { id, cancelled: true as const, progress: progressReply(cancelled.progress) };
  });

  app.post('/v1/jobs/:id/retry', { schema: retrySchema, config: { scope: 'admin' } }, async ({ params: { id } }, reply) => {
    const { state } = await find(id);
    if (!(await jobs.retry(id))) throw new DanmuxError('conflict', { message: `Only a failed job can be retried; this job is ${state}.` });
    return reply.status(202).send(replyOf(await find(id)));
  });
}

/** Leaves out `cursor`, which only the job handler uses. */
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
