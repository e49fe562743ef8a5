// Lists the dead letters of all queues as one list, newest first, in pages. BullMQ pages by index, which shifts when jobs fail or are
// retried, so the cursor here is the failure time and id of the last job of a page.
import type { RedisConnection } from '@danmux/bus/redis';
import type { Job, Queue } from 'bullmq';
import type { JobStatus } from '../queue.ts';
import { isAddedJob, statusOf } from './rows.ts';

type Client = RedisConnection['client'];

interface Failed {
  readonly queue: Queue;
  readonly id: string;
  readonly score: number;
}

/** `cursor` has the form `TIME:ID`. */
export async function failedPage(
  queues: readonly Queue[],
  client: Client,
  cursor: string | undefined,
  limit: number,
): Promise<{ jobs: JobStatus[]; cursor: string | null }> {
  const after = cursor === undefined ? undefined : positionOf(cursor);
  if (after === null) return { jobs: [], cursor: null };
  const found = (await Promise.all(queues.map((queue) => failedAfter(queue, client, after, limit)))).flat().sort(newestFirst);
  const page = found.slice(0, limit);
  const jobs: (Job | undefined)[] = await Promise.all(page.map(({ queue, id }) => queue.getJob(id)));
  const last = page.at(-1);
  return {
    jobs: jobs.flatMap((job) => (job && isAddedJob(job) ? [statusOf(job, 'failed')] : [])),
    cursor: found.length > limit && last ? `${last.score}:${last.id}` : null,
  };
}

type Position = Pick<Failed, 'id' | 'score'>;

/** Reads at least one dead letter more than requested, so that the caller knows whether another page follows. */
async function failedAfter(queue: Queue, client: Client, after: Position | undefined, limit: number): Promise<Failed[]> {
  const key = queue.toKey('failed');
  const top = after === undefined ? '+inf' : String(after.score);
  // Read this many more, because all jobs that failed in the cursor's millisecond may belong to earlier pages.
  const same = after === undefined ? 0 : await client.zcount(key, after.score, after.score);
  const rows = await client.zrevrangebyscore(key, top, '-inf', 'WITHSCORES', 'LIMIT', 0, limit + 1 + same);
  const failed = Array.from({ length: rows.length / 2 }, (_, i) => ({ queue, id: rows[2 * i] as string, score: Number(rows[2 * i + 1]) }));
  return after === undefined ? failed : failed.filter((row) => newestFirst(row, after) > 0);
}

function newestFirst(a: Position, b: Position): number {
  if (a.score !== b.score) return b.score - a.score;
  if (a.id === b.id) return 0;
  return a.id > b.id ? -1 : 1;
}

/** Null when the cursor is malformed. */
function positionOf(cursor: string): Position | null {
  const [, score, id] = /^(\d{1,15}):(.+)$/s.exec(cursor) ?? [];
  return score === undefined || id === undefined ? null : { score: Number(score), id };
}
