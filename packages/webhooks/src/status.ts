// The operator's view of webhooks: state of each target, dead letters, enabling and replaying. It sends no requests: the worker reads the stored
// commands and sends.
import type { Bus } from '@danmux/bus';
import { type JobQueue, jobIdOf } from '@danmux/jobs';
import type { Runtime } from '@danmux/runtime';
import { type CircuitState, readCircuit, writeCircuit } from './circuit-state.ts';
import { DeadLetters, type ListedDeadLetter } from './dead-letters.ts';
import { ProgressReader, type TargetProgress } from './target-progress.ts';
import { TargetConfigs, type TargetWorkers, type UnlistedTarget } from './target-workers.ts';
import { targetVersion, type WebhookTarget, webhookTargets } from './targets.ts';

/** The state of one target, as the api shows it. */
export interface WebhookStatus {
  readonly id: string;
  /** Host and port of its URL; the path is omitted because it may be a secret. */
  readonly host: string;
  /**
   * `closed`: it works. `open`: it fails and is retried at `retry_at`. `disabled`: it answered 410. `unserved`: no living worker has it in its
   * config, so its events wait.
   */
  readonly state: 'closed' | 'open' | 'disabled' | 'unserved';
  /** Failed attempts since the last success. */
  readonly failures: number;
  /** Milliseconds since 1970. */
  readonly retry_at: number | null;
  /** Error of the last attempt. */
  readonly error: string | null;
  /** Age of the oldest undelivered event, milliseconds. */
  readonly lag_ms: number;
  /** Events that the event log's cap removed before they were delivered, since the store started. */
  readonly dropped: number;
  readonly workers: TargetWorkers;
}

/** `queued`: a worker sends it soon; if all attempts fail it becomes a dead letter again. */
export type ReplayResult = 'queued' | 'not_found' | 'no_target' | 'disabled';

/** The webhook targets for operators: their state, their dead letters, and the commands to enable a target and to replay a dead letter. */
export class Webhooks {
  readonly #runtime: Runtime;
  readonly #bus: Pick<Bus, 'records' | 'cursors' | 'events' | 'logs' | 'members'>;
  readonly #jobs: Pick<JobQueue, 'add'>;
  readonly #targets: readonly WebhookTarget[];
  readonly #letters: DeadLetters;

  constructor(runtime: Runtime, bus: Pick<Bus, 'records' | 'cursors' | 'events' | 'logs' | 'members'>, jobs: Pick<JobQueue, 'add'>) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#jobs = jobs;
    this.#targets = webhookTargets(runtime.config);
    this.#letters = new DeadLetters(bus.logs, runtime.config.webhooks.dead_letters);
  }

  /** The state of each target of the config, in its order. */
  async status(): Promise<readonly WebhookStatus[]> {
    const reader = new ProgressReader(this.#bus, this.#runtime.config.shards);
    const [progress, configs] = await Promise.all([reader.of(this.#ids), this.#configs()]);
    return Promise.all(this.#targets.map((target) => this.#statusOf(target, progress.get(target.id), configs.of(target.id))));
  }

  /** Targets that workers have in their config and this process has not, by id. */
  async unlisted(): Promise<readonly UnlistedTarget[]> {
    return (await this.#configs()).unlisted(this.#ids);
  }

  get #ids(): readonly string[] {
    return this.#targets.map(({ id }) => id);
  }

  async #configs(): Promise<TargetConfigs> {
    return new TargetConfigs(this.#runtime, await this.#bus.members.list());
  }

  /** Retries the target immediately, also after a 410; false when the config has no target of this id. */
  async enable(id: string): Promise<boolean> {
    if (!this.#targets.some((target) => target.id === id)) return false;
    for (;;) {
      const read = await readCircuit(this.#bus.records, id);
      // The record is written even when the target works, because its new version makes waiting rooms retry immediately.
      if (await writeCircuit(this.#bus.records, id, read, null)) return true;
    }
  }

  deadLetters(cursor: string | undefined, limit: number): Promise<{ readonly letters: readonly ListedDeadLetter[]; readonly cursor: string | null }> {
    return this.#letters.page(cursor, limit);
  }

  deadLetter(entry: string): Promise<ListedDeadLetter | null> {
    return this.#letters.find(entry);
  }

  /** Queues the event ahead of pending ones, with the same webhook-id, and removes it from the list. */
  async replay(entry: string): Promise<ReplayResult> {
    const letter = await this.#letters.find(entry);
    if (!letter) return 'not_found';
    const target = this.#targets.find(({ id }) => id === letter.target);
    if (!target) return 'no_target';
    if ((await this.#circuitOf(target))?.state === 'disabled') return 'disabled';
    await this.#jobs.add(
      'redeliver',
      { target: letter.target, event: letter.event, text: letter.text },
      { id: jobIdOf('redeliver', entry), attempts: redeliverTries },
    );
    await this.#letters.remove(entry);
    return 'queued';
  }

  removeDeadLetter(entry: string): Promise<boolean> {
    return this.#letters.remove(entry);
  }

  async #statusOf(target: WebhookTarget, progress: TargetProgress | undefined, workers: TargetWorkers): Promise<WebhookStatus> {
    const circuit = await this.#circuitOf(target);
    const { since = null, dropped = 0 } = progress ?? {};
    const lag_ms = since === null ? 0 : Math.max(0, this.#runtime.clock.now() - since);
    const { host } = new URL(target.url);
    const { failures, error, retry_at } = circuit ?? { failures: 0, error: null, retry_at: null };
    const state = stateOf(circuit, workers);
    return { id: target.id, host, state, failures, retry_at: state === 'open' ? retry_at : null, error, lag_ms, dropped, workers };
  }

  async #circuitOf(target: WebhookTarget): Promise<CircuitState | null> {
    const { circuit } = await readCircuit(this.#bus.records, target.id);
    return circuit?.state === 'disabled' && circuit.version !== targetVersion(target) ? null : circuit;
  }
}

/** A disabled target stays disabled, because it gets no events whether or not a worker has it. */
function stateOf(circuit: CircuitState | null, { same, different, unknown }: TargetWorkers): WebhookStatus['state'] {
  if (circuit?.state === 'disabled') return 'disabled';
  return same + different + unknown === 0 ? 'unserved' : (circuit?.state ?? 'closed');
}

/** Number of attempts for a replayed event, with the backoff of jobs between them. After the last one fails, it is a dead letter again. */
export const redeliverTries = 6;
