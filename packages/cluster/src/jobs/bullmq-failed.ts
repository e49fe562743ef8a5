// The dead letters of the queue, newest first, page by page. BullMQ pages by place, which moves when letters come; the cursor
// here is the last letter itself.
import type { RedisConnection } from '@danmux/bus/redis';
import { DanmuxError } from '@danmux/protocol';
import type { Job, Queue } from 'bullmq';
import { isAddedJob, statusOf } from './bullmq-rows.ts';
import type { JobStatus } from './jobs.ts';

type Client = RedisConnection['client'];

/** `cursor` is `SCORE:ID`. */
export async function failedPage(
  queue: Queue,
  client: Client,
  cursor: string | undefined,
  limit: number,
): Promise<{ jobs: JobStatus[]; cursor: string | null }> {
  const key = queue.toKey('failed');
  const start = cursor === undefined ? 0 : await placeAfter(client, key, cursor);
  const rows = await client.zrevrange(key, start, start + limit, 'WITHSCORES');
  const found = Array.from({ length: rows.length / 2 }, (_, i) => ({ id: rows[2 * i] as string, score: rows[2 * i + 1] as string }));
  const page = found.slice(0, limit);
  const jobs: (Job | undefined)[] = await Promise.all(page.map(({ id }) => queue.getJob(id)));
  const last = page.at(-1);
  return {
    jobs: jobs.flatMap((job) => (job && isAddedJob(job) ? [statusOf(job, 'failed')] : [])),
    cursor: found.length > limit && last ? `${last.score}:${last.id}` : null,
  };
}

/** A letter that was retried since has left its place to the next one. Throws `invalid_request` on a cursor of another form. */
async function placeAfter(client: Client, key: string, cursor: string): Promise<number> {
  const [, score, id] = /^(\d{1,20}(?:\.\d{1,20})?):(.+)$/s.exec(cursor) ?? [];
  if (score === undefined || id === undefined) throw new DanmuxError('invalid_request', { message: 'This cursor is none of the list of failed jobs.' });
  const rank = await client.zrevrank(key, id);
  return rank === null ? client.zcount(key, `(${score}`, '+inf') : rank + 1;
}
