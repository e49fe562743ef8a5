// Work off the hot path, as a backend may ask about it: delayed messages, broadcasts, what failed.
import { type Static, Type } from 'typebox';
import { limits } from '../limits.ts';
import { nextCursor, pageQuery, strict } from './fields.ts';

const states = ['waiting', 'delayed', 'active', 'done', 'failed'] as const;

const progress = (description: string) =>
  Type.Union([Type.Object({ done: Type.Integer(), total: Type.Integer({ description: '0 while it is not known' }) }), Type.Null()], { description });

export const jobReply = Type.Object({
  id: Type.String(),
  name: Type.String({ description: 'publish (a delayed message) and broadcast; others are danmux’s own' }),
  state: Type.Unsafe<(typeof states)[number]>(Type.Union(states.map((state) => Type.Literal(state)))),
  attempts: Type.Integer({ description: 'Tries that were begun' }),
  progress: progress('Rooms or messages that were done, in earlier tries too; null before the first'),
  created_at: Type.Integer({ description: 'Milliseconds since 1970' }),
  finished_at: Type.Optional(Type.Integer({ description: 'Milliseconds since 1970' })),
  error: Type.Optional(Type.String({ description: 'Why the last try failed' })),
});
export const jobsQuery = Type.Object({ state: Type.Literal('failed', { description: 'Only `failed` are listed' }), ...pageQuery(limits.listPage) }, strict);
export const jobsReply = Type.Object({ jobs: Type.Array(jobReply, { description: 'Newest first' }), cursor: nextCursor });
export const jobCancelReply = Type.Object({
  id: Type.String(),
  cancelled: Type.Literal(true),
  progress: progress('What it had done when it was cancelled; the rest will not be. Null when it had done nothing'),
});

export type JobReply = Static<typeof jobReply>;
