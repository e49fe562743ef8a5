// Schemas of /v1/jobs: status, progress and cancellation of delayed messages, broadcasts and other background jobs.
import { type Static, Type } from 'typebox';
import { limits } from '../limits.ts';
import { nextCursor, pageQuery, strict } from './fields.ts';

const states = ['waiting', 'delayed', 'active', 'done', 'failed'] as const;

const progress = (description: string) =>
  Type.Union(
    [Type.Object({ done: Type.Integer(), total: Type.Integer({ description: '0 while the total is unknown' }) }, { title: 'JobProgress' }), Type.Null()],
    { description },
  );

export const jobReply = Type.Object(
  {
    id: Type.String(),
    name: Type.String({ description: '`publish` (a delayed message) or `broadcast`; other names are internal jobs of danmux' }),
    state: Type.Unsafe<(typeof states)[number]>(
      Type.Union(
        states.map((state) => Type.Literal(state)),
        { title: 'JobState' },
      ),
    ),
    attempts: Type.Integer({ description: 'Attempts started so far' }),
    progress: progress('Rooms or messages completed, earlier attempts included; null before the first one'),
    created_at: Type.Integer({ description: 'Milliseconds since 1970' }),
    finished_at: Type.Optional(Type.Integer({ description: 'Milliseconds since 1970' })),
    error: Type.Optional(Type.String({ description: 'Error of the last failed attempt' })),
  },
  { title: 'Job' },
);
export const jobsQuery = Type.Object(
  { state: Type.Literal('failed', { description: 'Must be `failed`: only failed jobs are listed' }), ...pageQuery(limits.listPage) },
  strict,
);
export const jobsReply = Type.Object({ jobs: Type.Array(jobReply, { description: 'Newest first' }), cursor: nextCursor }, { title: 'JobsPage' });
export const jobCancelReply = Type.Object(
  {
    id: Type.String(),
    cancelled: Type.Literal(true),
    progress: progress('Progress at the time of cancellation; the remaining work is not done. Null when nothing was done'),
  },
  { title: 'CancelledJob' },
);

export type JobReply = Static<typeof jobReply>;
