// Gives one target what waits in one shard's event log, in order, one event at a time: the work of a `webhooks` job. Where it is
// lives in the cursor, so that another worker goes on there; an event that fails stays first in its shard until it is taken
// or given up.
import { type Bus, compareEntries, type LoggedEvent } from '@danmux/bus';
import { type ConsumerCursor, type DeadLetters, readCursor, type WebhookTarget, webhookConsumer, writeCursor } from '@danmux/cluster/webhooks';
import type { Runtime } from '@danmux/runtime';
import { trimLog } from '../log-trim.ts';
import type { Admission, Circuit } from './circuit.ts';
import { deliveriesOf, type EventDelivery } from './deliveries.ts';
import { retryWaitMs } from './retry-wait.ts';
import type { Outcome, WebhookClient } from './webhook-client.ts';

export interface DeliveryParts {
  readonly runtime: Runtime;
  readonly bus: Bus;
  readonly client: WebhookClient;
  readonly letters: DeadLetters;
}

/** A stretch of the log that was begun; its deliveries are the same at every try. */
interface Begun {
  /** Last entry of the stretch. */
  readonly to: string;
  /** Id of the delivery that is next. */
  readonly next: string;
  /** Its tries that failed. */
  readonly attempts: number;
  /** Those of them that the target refused while it took others, as far as was known; absent for none. */
  readonly refused?: number;
  /** When the first of them did; 0 before. */
  readonly since: number;
  /** Not before this. */
  readonly retry_at: number;
}

interface Stretch {
  readonly to: string;
  readonly deliveries: readonly EventDelivery[];
  place: number;
  attempts: number;
  refused: number;
  since: number;
}

const stretchEvents = 500;
/** Of one job, so that every target gets its turn; the next one goes on. */
const longestRunMs = 2_000;
/** How often the place within a stretch is stored: as much is sent twice when the worker dies. */
const storeEveryMs = 1_000;
/** Of an event the target does not want. */
const triesOfRefused = 3;

export class ShardDelivery {
  readonly #parts: DeliveryParts;
  readonly #target: WebhookTarget;
  readonly #circuit: Circuit;
  readonly #shard: number;
  #cursor: ConsumerCursor = { version: 0 };

  constructor(parts: DeliveryParts, target: WebhookTarget, circuit: Circuit, shard: number) {
    this.#parts = parts;
    this.#target = target;
    this.#circuit = circuit;
    this.#shard = shard;
  }

  /** Until nothing waits, the target fails, or this process ends: then false. True when its time was over: there is more. */
  async run(signal: AbortSignal): Promise<boolean> {
    const end = performance.now() + longestRunMs;
    this.#cursor = await readCursor(this.#parts.bus.records, webhookConsumer(this.#target.id), this.#shard);
    while (!signal.aborted && performance.now() < end) {
      const stretch = await this.#nextStretch();
      if (!stretch) return false;
      const admission = stretch.deliveries.length === 0 ? 'go' : await this.#circuit.enter();
      if (admission === 'wait') return false;
      const sent = await this.#send(stretch, admission, signal, end);
      if (sent !== 'all') return sent === 'some';
      if (!(await this.#store({ entry: stretch.to }))) return false;
      await trimLog(this.#parts.runtime, this.#parts.bus, this.#shard, webhookConsumer(this.#target.id), stretch.to);
    }
    return !signal.aborted;
  }

  async #nextStretch(): Promise<Stretch | null> {
    const begun = this.#cursor.begun === undefined ? null : (JSON.parse(this.#cursor.begun) as Begun);
    if (begun && begun.retry_at > this.#now()) return null;
    const read = await this.#parts.bus.events.read(this.#shard, this.#cursor.entry, stretchEvents);
    const events = begun ? read.filter(({ entry }) => compareEntries(entry, begun.to) <= 0) : read;
    const to = begun?.to ?? events.at(-1)?.entry;
    if (to === undefined) return null;
    const deliveries = this.#deliveriesOf(events);
    const place = begun ? deliveries.findIndex(({ id }) => id === begun.next) : 0;
    // Not found when the log lost it at its cap.
    const { attempts = 0, refused = 0, since = 0 } = place < 0 ? {} : (begun ?? {});
    return { to, deliveries, place: Math.max(0, place), attempts, refused, since };
  }

  #deliveriesOf(events: readonly LoggedEvent[]): readonly EventDelivery[] {
    return deliveriesOf(this.#target, events, (error) => {
      this.#parts.runtime.metrics.caught.inc({ where: 'webhook-event' });
      this.#parts.runtime.counted.error({ err: error, shard: this.#shard }, 'an event of the log is not one, and is left out');
    });
  }

  /** `all` of the stretch is done with; or it stopped before, with its place stored: for want of time (`some`), or it must wait. */
  async #send(stretch: Stretch, admitted: Admission, signal: AbortSignal, end: number): Promise<'all' | 'some' | 'wait'> {
    let admission = admitted;
    let stored = performance.now();
    for (; ; this.#pass(stretch)) {
      const delivery = stretch.deliveries[stretch.place];
      if (!delivery) return 'all';
      const over = signal.aborted || performance.now() > end;
      if (over || performance.now() - stored > storeEveryMs) {
        if (!(await this.#storePlace(stretch, 0)) || signal.aborted) return 'wait';
        if (over) return 'some';
        stored = performance.now();
      }
      const outcome = await this.#parts.client.post(this.#target, delivery);
      if (outcome.kind === 'delivered') await this.#circuit.took(admission);
      else if (!(await this.#failed(stretch, delivery, outcome, admission))) return 'wait';
      admission = 'go';
    }
  }

  #pass(stretch: Stretch): void {
    stretch.place++;
    stretch.attempts = 0;
    stretch.refused = 0;
    stretch.since = 0;
  }

  /** True when the event is given up and the next one may go at once. */
  async #failed(stretch: Stretch, delivery: EventDelivery, outcome: Exclude<Outcome, { kind: 'delivered' }>, admission: Admission): Promise<boolean> {
    stretch.attempts++;
    stretch.since ||= this.#now();
    if (outcome.kind === 'refused' && !(await this.#circuit.refused(delivery.id, outcome.error, admission)))
      return this.#refused(stretch, delivery, outcome.error);
    const givenUp = outcome.kind !== 'gone' && (await this.#isTooOld(stretch, delivery));
    const wait = givenUp || outcome.kind === 'gone' ? 0 : this.#waitAfter(stretch.attempts, outcome);
    if (givenUp) await this.#bury(stretch, delivery, outcome.error);
    if (givenUp) this.#pass(stretch);
    await this.#storePlace(stretch, this.#now() + wait);
    if (outcome.kind === 'gone') await this.#circuit.disable(outcome.error);
    if (outcome.kind === 'down') await this.#circuit.failed(outcome, admission);
    return false;
  }

  /** By a target that takes others, as far as is known: true when it was refused often enough. */
  async #refused(stretch: Stretch, delivery: EventDelivery, error: string): Promise<boolean> {
    stretch.refused++;
    if (stretch.refused >= triesOfRefused) {
      await this.#bury(stretch, delivery, error);
      return true;
    }
    await this.#storePlace(stretch, this.#now() + this.#waitAfter(stretch.refused));
    return false;
  }

  #waitAfter(failures: number, outcome?: Outcome): number {
    const asked = outcome?.kind === 'down' ? outcome.retryAfterMs : undefined;
    return retryWaitMs(failures, this.#parts.runtime.config.webhooks.max_wait_ms, asked);
  }

  /** It failed for so long itself, or waited so long while its target did. */
  async #isTooOld({ since }: Stretch, { event }: EventDelivery): Promise<boolean> {
    const before = this.#now() - this.#parts.runtime.config.webhooks.retry_for_ms;
    if (since <= before) return true;
    return event.ts <= before && ((await this.#circuit.state())?.since ?? Number.POSITIVE_INFINITY) <= before;
  }

  async #bury({ attempts }: Stretch, { event }: EventDelivery, error: string): Promise<void> {
    const { letters, runtime } = this.#parts;
    await letters.add({ target: this.#target.id, event, error, attempts, at: this.#now() });
    runtime.metrics.webhooksDead.inc({ target: this.#target.id });
    runtime.counted.warn({ target: this.#target.id, event: event.id, room: event.room, error }, 'a webhook event is a dead letter', { per: this.#target.id });
  }

  #storePlace({ to, deliveries, place, attempts, refused, since }: Stretch, retry_at: number): Promise<boolean> {
    const next = deliveries[place]?.id;
    const begun: Begun | undefined = next === undefined ? undefined : { to, next, attempts, refused, since, retry_at };
    const entry = begun ? this.#cursor.entry : to;
    return this.#store({ ...(entry === undefined ? {} : { entry }), ...(begun ? { begun: JSON.stringify(begun) } : {}) });
  }

  /** False when another worker has taken over. */
  async #store(place: Omit<ConsumerCursor, 'version'>): Promise<boolean> {
    const consumer = webhookConsumer(this.#target.id);
    const written = await writeCursor(this.#parts.bus.records, consumer, this.#shard, { ...place, version: this.#cursor.version });
    if (written) this.#cursor = written;
    return written !== null;
  }

  #now(): number {
    return this.#parts.runtime.clock.now();
  }
}
