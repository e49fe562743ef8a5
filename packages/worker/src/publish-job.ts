// Publishes delayed messages and skips expired ones. A repeat is harmless: each message has a deduplication key, and the job's progress
// lists the published ones.
import type { Bus, Publication } from '@danmux/bus';
import { Publisher, type PublishingParts, publishDue } from '@danmux/cluster';
import type { JobQueue, RunningJob } from '@danmux/jobs';
import type { Runtime } from '@danmux/runtime';
import { type Failure, retryRefused } from './store-retry.ts';

export interface PublishJobParts {
  readonly runtime: Runtime;
  readonly bus: Pick<Bus, 'ingress' | 'receipts'>;
  readonly jobs: Pick<JobQueue, 'add'>;
}

interface Waiting {
  readonly index: number;
  readonly publication: Publication;
}

/** The handler of the job `publish`. */
export function publishJob(given: PublishJobParts): (job: RunningJob<'publish'>) => Promise<void> {
  const parts = { ...given, publisher: new Publisher(given.runtime, given.bus, 'worker') };
  return async ({ data, progress, signal, report }) => {
    const done = new Set(JSON.parse(progress?.cursor ?? '[]') as number[]);
    const total = data.publications.length;
    const now = parts.runtime.clock.now();
    const waiting: readonly Waiting[] = data.publications
      .map((publication, index) => ({ index, publication: { ...publication, dedupeKey: publication.dedupeKey ?? publication.id } }))
      .filter(({ index, publication: { marks } }) => !done.has(index) && (marks?.expires_at ?? Number.POSITIVE_INFINITY) > now);
    await retryRefused(waiting, signal, async (left) => {
      const failures = await publishSome(parts, left);
      for (const item of left) if (!failures.some((failure) => failure.item === item)) done.add(item.index);
      await report({ done: done.size, total, cursor: JSON.stringify([...done]) });
      return failures;
    });
  };
}

async function publishSome(parts: PublishingParts, waiting: readonly Waiting[]): Promise<readonly Failure<Waiting>[]> {
  try {
    const results = await publishDue(
      parts,
      waiting.map(({ publication }) => publication),
    );
    return waiting.flatMap((item, index) => {
      const result = results[index];
      return result instanceof Error ? [{ item, error: result }] : [];
    });
  } catch (error) {
    return waiting.map((item) => ({ item, error: error as Error }));
  }
}
