// The only caller of `bus.ingress.publish`, for messages from viewers, routes and jobs. Counts every new message in `danmux_accepted_total`, so
// that the sum over all processes can be compared with the ledger. It checks nothing; callers validate first.
import { acceptedAt, type Bus, type Publication, type PublishResult, restamped } from '@danmux/bus';
import { type JobQueue, jobIdOf } from '@danmux/jobs';
import { DanmuxError } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import { wanted } from '@danmux/webhooks';
import type { TraceHops } from './trace-hops.ts';

/** The role that publishes; a label of `danmux_accepted_total`. */
export type PublishSource = 'edge' | 'api' | 'worker';

/** Publishes messages and counts the accepted ones by lane in `danmux_accepted_total`. It is the only caller of the ingress. */
export class Publisher {
  readonly #runtime: Runtime;
  readonly #bus: Pick<Bus, 'ingress'>;
  readonly #source: PublishSource;
  readonly #hops: Pick<TraceHops, 'stored'> | undefined;

  /**
   * With `hops`, each message is also logged at level debug, and the first hops of a traced message are recorded. Publishers for jobs and for
   * danmux's own messages get no `hops`.
   */
  constructor(runtime: Runtime, bus: Pick<Bus, 'ingress'>, source: PublishSource, hops?: Pick<TraceHops, 'stored'>) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#source = source;
    this.#hops = hops;
  }

  /**
   * Same order and errors as `bus.ingress.publish`. A duplicate is not counted again. When the call rejects, nothing is counted, although some
   * messages may be stored. A retry then finds duplicates, so the counter may be lower than the ledger, but never higher.
   */
  async publish(publications: readonly Publication[]): Promise<readonly (PublishResult | Error)[]> {
    const results = await this.#bus.ingress.publish(publications);
    for (const [index, result] of results.entries()) {
      const publication = publications[index];
      if (publication && !(result instanceof Error)) this.#stored(publication, result);
    }
    return results;
  }

  /** Publishes one message; throws the error if it is refused. */
  async publishOne(publication: Publication): Promise<PublishResult> {
    const [receipt] = await this.publish([publication]);
    if (!receipt || receipt instanceof Error) throw receipt ?? new DanmuxError('internal');
    return receipt;
  }

  #stored(publication: Publication, { id, duplicate }: PublishResult): void {
    const { room, lane, trace } = publication;
    if (!duplicate) this.#runtime.metrics.accepted.inc({ lane, source: this.#source });
    if (!this.#hops) return;
    if (!duplicate) this.#hops.stored(publication);
    this.#runtime.log.debug({ trace, id, room, lane, hop: this.#source, duplicate }, 'accepted');
  }
}

/** Parts needed for messages that may request delivery receipts. */
export interface PublishingParts {
  readonly runtime: Runtime;
  readonly publisher: Pick<Publisher, 'publish'>;
  readonly bus: Pick<Bus, 'receipts'>;
  readonly jobs: Pick<JobQueue, 'add'>;
}

/**
 * For each message that requests receipts, opens the receipt counts and adds the job that reports them. Then calls `Publisher.publish`. If opening
 * or adding fails, the result of that message is the error and the message is not stored; publish it again.
 */
export async function publishAll(parts: PublishingParts, publications: readonly Publication[]): Promise<readonly (PublishResult | Error)[]> {
  if (!publications.some(({ marks }) => marks?.receipt)) return parts.publisher.publish(publications);
  const opened = await Promise.all(publications.map((publication) => failureOf(beginReceipts(parts, publication))));
  const ready = publications.filter((_, index) => opened[index] === null);
  const results = (await parts.publisher.publish(ready)).values();
  return opened.map((failure) => failure ?? results.next().value ?? new Error('the bus returned fewer results than messages'));
}

/** `publishAll` for delayed messages: the current time becomes their time of acceptance. */
export function publishDue(parts: PublishingParts, publications: readonly Publication[]): Promise<readonly (PublishResult | Error)[]> {
  const now = parts.runtime.clock.now();
  return publishAll(
    parts,
    publications.map((publication) => restamped(publication, now)),
  );
}

/** Opens the receipt counts and adds the reporting job. The caller publishes the message only when both succeed. */
async function beginReceipts(parts: PublishingParts, publication: Publication): Promise<void> {
  if (!publication.marks?.receipt) return;
  await parts.bus.receipts.open(publication.id, publication.room, acceptedAt(publication));
  await addReceiptsJob(parts, publication);
}

/** Adds the job that reports the receipts of a message in a room to the webhooks. Does nothing when no webhook target wants that event. */
export async function addReceiptsJob({ jobs, runtime }: Pick<PublishingParts, 'jobs' | 'runtime'>, { id, room }: { id: string; room: string }): Promise<void> {
  if (!wanted(runtime.config, 'message.receipts')) return;
  await jobs.add('receipts', { id, room }, { id: jobIdOf('receipts', `${room}\n${id}`), delayMs: runtime.config.receipts.timeout_ms });
}

/** Resolves with the error of a rejected promise, and with null when the promise resolved. */
function failureOf(promise: Promise<void>): Promise<Error | null> {
  return promise.then(
    () => null,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
}
