// The webhooks of a worker: its jobs, the bells that ask for them at once and the sweep that asks for what no bell did.
import type { Bus } from '@danmux/bus';
import type { JobQueue, Jobs, RunningJob } from '@danmux/cluster';
import { DeadLetters, redeliverTries, type WebhookTarget, webhookConsumer, webhookTargets } from '@danmux/cluster/webhooks';
import { DanmuxError } from '@danmux/protocol';
import { type Part, type Runtime, toJson } from '@danmux/runtime';
import { Bells } from './bells.ts';
import { Circuit } from './circuit.ts';
import { backlogsOf } from './shard-backlog.ts';
import { type DeliveryParts, ShardDelivery } from './shard-delivery.ts';
import { WebhookClient } from './webhook-client.ts';

const sweepMs = 1_000;

interface Line {
  readonly target: WebhookTarget;
  readonly circuit: Circuit;
}

export class WebhookWork implements Part {
  readonly name = 'webhooks';
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #jobs: JobQueue;
  readonly #parts: DeliveryParts;
  readonly #lines: ReadonlyMap<string, Line>;
  readonly #bells: Bells;

  /** Of `jobs` that are not started yet. */
  constructor(runtime: Runtime, bus: Bus, jobs: Jobs) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#jobs = jobs;
    const letters = new DeadLetters(bus.logs, runtime.config.webhooks.dead_letters);
    this.#parts = { runtime, bus, letters, client: new WebhookClient(runtime) };
    const targets = webhookTargets(runtime.config);
    this.#lines = new Map(targets.map((target) => [target.id, { target, circuit: new Circuit(runtime, bus.records, target) }]));
    this.#bells = new Bells(runtime, bus.events, (shards) => this.#rung(shards));
    jobs.handle('webhooks', (job) => this.deliver(job));
    jobs.handle('redeliver', (job) => this.redeliver(job));
    // Without targets too: the queue remembers a schedule that an earlier config asked for.
    jobs.repeat({ name: 'webhooks-sweep', everyMs: sweepMs, run: () => this.sweep() });
  }

  async start(): Promise<void> {
    if (this.#lines.size > 0) await this.#bells.start();
  }

  async drain(): Promise<void> {
    await this.#bells.stop();
  }

  async stop(): Promise<void> {
    await this.#bells.stop();
    this.#parts.client.close();
  }

  async deliver({ data, signal }: Pick<RunningJob<'webhooks'>, 'data' | 'signal'>): Promise<void> {
    const line = this.#lines.get(data.target);
    // It left the config since.
    if (!line) return;
    try {
      const more = await new ShardDelivery(this.#parts, line.target, line.circuit, data.shard).run(signal);
      // Behind what waits already.
      if (more) await this.#ask(line.target, [data.shard]);
    } catch (error) {
      if (!(error instanceof DanmuxError)) throw error;
      // The store is away; the sweep asks again.
      this.#runtime.metrics.caught.inc({ where: 'webhooks' });
      this.#runtime.log.debug({ err: error, ...data }, 'webhooks wait for the store');
    }
  }

  /** Ahead of what waits, whatever the circuit says: a person asked for it. */
  async redeliver({ data: { target: id, event }, attempt }: RunningJob<'redeliver'>): Promise<void> {
    const line = this.#lines.get(id);
    const outcome = line && (await this.#parts.client.post(line.target, { id: event.id, text: toJson(event) }));
    if (outcome?.kind === 'delivered') return;
    const error = outcome?.error ?? 'no such target is configured';
    if (attempt < redeliverTries && outcome?.kind !== 'gone' && line) throw new Error(error);
    await this.#parts.letters.add({ target: id, event, error, attempts: attempt, at: this.#runtime.clock.now() });
    this.#runtime.metrics.webhooksDead.inc({ target: id });
  }

  /** Asks for every shard that has events for a target that may be tried; of a target that fails, for one. */
  async sweep(): Promise<void> {
    if (this.#lines.size === 0) return;
    const now = this.#runtime.clock.now();
    this.#runtime.metrics.eventsDropped.set(await this.#bus.events.dropped());
    for (const { target, circuit } of this.#lines.values()) {
      const state = await circuit.state();
      const backlogs = await backlogsOf(this.#bus, webhookConsumer(target.id), this.#runtime.config.shards, now);
      const since = Math.min(now, ...backlogs.map((backlog) => backlog.since));
      this.#runtime.metrics.webhookLag.set({ target: target.id }, (now - since) / 1_000);
      if (!circuit.isDue(state)) continue;
      const due = backlogs.filter((backlog) => backlog.due).map(({ shard }) => shard);
      // Any of them: the first event of one may be what the target fails at.
      await this.#ask(target, state === null ? due : due.splice(Math.floor(Math.random() * due.length), 1));
    }
  }

  async #rung(shards: readonly number[]): Promise<void> {
    for (const { target, circuit } of this.#lines.values()) {
      if (circuit.isDue(await circuit.state())) await this.#ask(target, shards);
    }
  }

  async #ask({ id }: WebhookTarget, shards: readonly number[]): Promise<void> {
    await Promise.all(shards.map((shard) => this.#jobs.add('webhooks', { target: id, shard }, { key: `webhooks:${id}:${shard}`, attempts: 1 })));
  }
}
