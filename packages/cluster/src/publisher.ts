// Publishing off and on the hot path alike: messages that ask for receipts begin their counts before they are stored, and get the job
// that tells their totals. A message that asks for none costs nothing here.
import { acceptedAt, type Bus, type Publication, type Receipt, restamped } from '@danmux/bus';
import { type JobQueue, jobIdOf } from '@danmux/jobs';
import type { Runtime } from '@danmux/runtime';
import { webhooksWanted } from '@danmux/webhooks';

export interface PublishingParts {
  readonly runtime: Runtime;
  readonly bus: Pick<Bus, 'publish' | 'receipts'>;
  readonly jobs: Pick<JobQueue, 'add'>;
}

/** As `bus.publish`. A message whose counts could not be begun, or whose job could not be stored, is an error: publish it again. */
export async function publishAll(parts: PublishingParts, publications: readonly Publication[]): Promise<readonly (Receipt | Error)[]> {
  if (!publications.some(({ marks }) => marks?.receipt)) return parts.bus.publish(publications);
  const opened = await Promise.all(publications.map((publication) => failureOf(beginReceipts(parts, publication))));
  const ready = publications.filter((_, index) => opened[index] === null);
  const results = (await parts.bus.publish(ready)).values();
  return opened.map((failure) => failure ?? results.next().value ?? new Error('the bus answered for fewer messages than it was given'));
}

/** The same for messages that waited: each is accepted now, and says so. */
export function publishDue(parts: PublishingParts, publications: readonly Publication[]): Promise<readonly (Receipt | Error)[]> {
  const now = parts.runtime.clock.now();
  return publishAll(
    parts,
    publications.map((publication) => restamped(publication, now)),
  );
}

/** All of it before the message is stored: what fails here leaves nothing that was sent. */
async function beginReceipts(parts: PublishingParts, publication: Publication): Promise<void> {
  if (!publication.marks?.receipt) return;
  await parts.bus.receipts.open(publication.id, publication.room, acceptedAt(publication));
  await addReceiptsJob(parts, publication);
}

/** The job that tells the totals of a message in a room; none when nobody wants to be told. */
export async function addReceiptsJob({ jobs, runtime }: Pick<PublishingParts, 'jobs' | 'runtime'>, { id, room }: { id: string; room: string }): Promise<void> {
  if (!webhooksWanted(runtime.config)) return;
  await jobs.add('receipts', { id, room }, { id: jobIdOf('receipts', `${room}\n${id}`), delayMs: runtime.config.receipts.timeout_ms });
}

/** The error of a promise, to be answered for one message of many; null when it resolved. */
function failureOf(promise: Promise<void>): Promise<Error | null> {
  return promise.then(
    () => null,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
}
