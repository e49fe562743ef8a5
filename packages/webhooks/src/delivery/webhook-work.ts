// The webhook part of a worker: the slices it holds, the notifications that announce new events, and periodic checks that find events whose
// notification was lost.
import type { Bus } from '@danmux/bus';
import type { Jobs, RunningJob } from '@danmux/jobs';
import { type Part, Periodic, type Runtime } from '@danmux/runtime';
import { DeadLetters } from '../dead-letters.ts';
import { EventListener } from '../event-listener.ts';
import { LogTrim } from '../log-trim.ts';
import { redeliverTries } from '../status.ts';
import { type WebhookTarget, webhookTargets } from '../targets.ts';
import { EventLosses } from './event-losses.ts';
import { LogWindow } from './log-window.ts';
import { RequestSlots } from './request-slots.ts';
import { SliceHolder } from './slice-holder.ts';
import { TargetLag } from './target-lag.ts';
import { WebhookClient } from './webhook-client.ts';

/** Interval at which rooms that are due for a retry are picked up. */
const tickMs = 250;
const lookMs = 2_000;

export class WebhookWork implements Part {
  readonly name = 'webhooks';
  readonly #runtime: Runtime;
  readonly #targets: ReadonlyMap<string, WebhookTarget>;
  readonly #window: LogWindow;
  readonly #client: WebhookClient;
  readonly #letters: DeadLetters;
  readonly #losses: EventLosses;
  readonly #holder: SliceHolder;
  readonly #bells: EventListener;
  readonly #trim: LogTrim;
  readonly #lag: TargetLag;
  readonly #looking: Periodic;
  #timer: NodeJS.Timeout | undefined;

  /** Registers the handler for replayed events, so pass `jobs` that are not started yet. */
  constructor(runtime: Runtime, bus: Bus, jobs: Jobs) {
    this.#runtime = runtime;
    const targets = webhookTargets(runtime.config);
    this.#targets = new Map(targets.map((target) => [target.id, target]));
    this.#window = new LogWindow(runtime, bus.events);
    this.#client = new WebhookClient(runtime);
    this.#letters = new DeadLetters(bus.logs, runtime.config.webhooks.dead_letters);
    this.#losses = new EventLosses(runtime);
    this.#trim = new LogTrim(runtime, bus);
    this.#lag = new TargetLag(runtime, bus);
    const slots = new RequestSlots(runtime.config, targets.length);
    const shared = { runtime, bus, window: this.#window, client: this.#client, letters: this.#letters, losses: this.#losses };
    this.#holder = new SliceHolder({ ...shared, slots, targets: targets.length, moved: () => this.#trim.ask() }, bus, targets);
    this.#bells = new EventListener(runtime, bus.events, async (shards) => this.#ring(shards));
    this.#looking = new Periodic(runtime, { everyMs: lookMs, where: 'webhooks', message: 'webhook delivery waits for the store', level: 'debug' }, () =>
      this.#look(),
    );
    jobs.handle('redeliver', (job) => this.redeliver(job));
  }

  async start(): Promise<void> {
    if (this.#targets.size === 0) return;
    this.#holder.start();
    await this.#bells.start();
    this.#timer ??= setInterval(() => this.#go(), tickMs);
    this.#looking.start();
  }

  /** Finishes requests in flight; other workers deliver the rest. */
  async drain(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#bells.stop();
    await this.#looking.stop();
    await this.#holder.drain();
    this.#losses.stop();
  }

  async stop(): Promise<void> {
    await this.drain();
    this.#client.close();
  }

  /** Checks for work without a notification: new events, commands of operators, and events that the log dropped. Never rejects. */
  look(): Promise<void> {
    return this.#looking.again();
  }

  async #look(): Promise<void> {
    await this.#holder.check();
    const firsts = new Map<number, ReturnType<LogWindow['first']>>();
    const first = (shard: number) => {
      const known = firsts.get(shard) ?? this.#window.first(shard);
      firsts.set(shard, known);
      return known;
    };
    this.#ring(Array.from({ length: this.#runtime.config.shards }, (_, shard) => shard));
    for (const slice of this.#holder.slices) await slice.look(first);
    this.#losses.tick();
    await this.#trim.run();
    await this.#lag.tell(this.#holder.slices);
  }

  /** Sends a replayed event ahead of pending ones, whatever the circuit's state, because an operator requested it. */
  async redeliver({ data: { target: id, event, text }, attempt }: RunningJob<'redeliver'>): Promise<void> {
    const target = this.#targets.get(id);
    const outcome = target && (await this.#client.post(target, { id: event.id, text }));
    if (outcome?.kind === 'delivered') return;
    const error = outcome?.error ?? 'no such target is configured';
    if (attempt < redeliverTries && outcome?.kind !== 'gone' && target) throw new Error(error);
    await this.#letters.add({ target: id, text, error, attempts: attempt, at: this.#runtime.clock.now() });
    this.#runtime.metrics.webhooksDead.inc({ target: id });
  }

  #ring(shards: readonly number[]): void {
    for (const slice of this.#holder.slices) slice.ring(shards);
  }

  #go(): void {
    for (const slice of this.#holder.slices) slice.go();
  }
}
