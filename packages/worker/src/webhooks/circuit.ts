// The circuit of one target, shared by all workers: whether it may be tried now, by whom, and what its answers mean for the
// next try. One try at a time while it is open; nothing is skipped, events only wait.
import type { Records } from '@danmux/bus';
import { type CircuitState, type ReadCircuit, readCircuit, targetVersion, type WebhookTarget, writeCircuit } from '@danmux/cluster/webhooks';
import type { Runtime } from '@danmux/runtime';
import { retryWaitMs } from './retry-wait.ts';
import type { Outcome } from './webhook-client.ts';

/** A try whose worker died is made up for after the time-out of a try and this. */
const claimMarginMs = 5_000;
/** So many events refused with none taken in between: it is not the events. */
const refusedInRow = 3;

/** `go`: all is well. `probe`: the target failed, and this is the one try that is due: tell how it ended. */
export type Admission = 'go' | 'probe' | 'wait';

type Standing = Pick<ReadCircuit, 'circuit' | 'refused'>;

export class Circuit {
  readonly #runtime: Runtime;
  readonly #records: Records;
  readonly #target: WebhookTarget;
  readonly #version: string;
  /** The record may hold events that were refused: the next one that is taken clears them. */
  #suspected = false;

  constructor(runtime: Runtime, records: Records, target: WebhookTarget) {
    this.#runtime = runtime;
    this.#records = records;
    this.#target = target;
    this.#version = targetVersion(target);
  }

  /** Null when all is well. */
  async state(): Promise<CircuitState | null> {
    const { circuit } = await readCircuit(this.#records, this.#target.id);
    return circuit;
  }

  /** True when a try would be let in. */
  isDue(circuit: CircuitState | null): boolean {
    if (circuit === null) return true;
    if (circuit.state === 'disabled') return circuit.version !== this.#version;
    return circuit.retry_at <= this.#runtime.clock.now();
  }

  async enter(): Promise<Admission> {
    const read = await readCircuit(this.#records, this.#target.id);
    this.#suspected = read.refused.length > 0;
    if (read.circuit === null) return 'go';
    if (!this.isDue(read.circuit)) return 'wait';
    const retry_at = this.#runtime.clock.now() + this.#runtime.config.webhooks.timeout_ms + claimMarginMs;
    const claimed = { ...read.circuit, state: 'open' as const, version: this.#version, retry_at };
    return (await writeCircuit(this.#records, this.#target.id, read, claimed, read.refused)) ? 'probe' : 'wait';
  }

  /** After an event that the target took. */
  async took(admission: Admission): Promise<void> {
    if (admission !== 'probe' && !this.#suspected) return;
    this.#suspected = false;
    let works = false;
    await this.#change(({ circuit }) => {
      works = circuit !== null && (admission === 'probe' || circuit.refusing === true);
      return { circuit: works ? null : circuit, refused: [] };
    });
    if (works) this.#runtime.log.info({ target: this.#target.id }, 'a webhook target works again');
  }

  /** After a try that failed; several that failed together count as one. */
  async failed(outcome: Outcome & { kind: 'down' }, admission: Admission): Promise<void> {
    await this.#change(({ circuit, refused }) => {
      const counts = admission === 'probe' || circuit === null;
      return { circuit: counts ? this.#opened(circuit, outcome.error, outcome.retryAfterMs) : circuit, refused };
    });
    if (admission === 'go') this.#runtime.log.warn({ target: this.#target.id, error: outcome.error }, 'a webhook target fails');
  }

  /** After an event that the target refused. True when it is the target, which refuses whatever it is given. */
  async refused(event: string, error: string, admission: Admission): Promise<boolean> {
    this.#suspected = true;
    const { circuit } = await this.#change((read) => this.#afterRefusal(read, event, error, admission));
    return circuit?.refusing === true;
  }

  /** After a 410: until an operator enables it or it is another one. */
  async disable(error: string): Promise<void> {
    await this.#change(({ circuit }) => {
      const { failures, since } = this.#opened(circuit, error);
      return { circuit: { state: 'disabled', failures, retry_at: 0, since, error, version: this.#version }, refused: [] };
    });
    this.#runtime.log.error({ target: this.#target.id }, 'a webhook target said 410 and is disabled');
  }

  #afterRefusal({ circuit, refused: before }: Standing, event: string, error: string, admission: Admission): Standing {
    // One that was under way when another one's refusal opened it.
    if (circuit?.state === 'disabled' || (circuit?.refusing && admission === 'go')) return { circuit, refused: before };
    const refused = [...new Set([...before, event])];
    if (circuit?.refusing || refused.length >= refusedInRow) {
      return { circuit: { ...this.#opened(circuit, `${error}, to ${refusedInRow} events in a row`), refusing: true }, refused: [] };
    }
    // It answers, and this may be the event's fault.
    return { circuit: admission === 'probe' ? null : circuit, refused };
  }

  #opened(circuit: CircuitState | null, error: string, askedMs?: number): CircuitState {
    const now = this.#runtime.clock.now();
    const failures = (circuit?.failures ?? 0) + 1;
    const retry_at = now + retryWaitMs(failures, this.#runtime.config.webhooks.max_wait_ms, askedMs);
    const refusing = circuit?.refusing ? { refusing: true as const } : {};
    return { state: 'open', failures, retry_at, since: circuit?.since ?? now, error, version: this.#version, ...refusing };
  }

  /** Returns what stands then. The list of the refused grows or is emptied. */
  async #change(next: (standing: Standing) => Standing): Promise<Standing> {
    for (;;) {
      const read = await readCircuit(this.#records, this.#target.id);
      const wanted = next(read);
      if (wanted.circuit === read.circuit && wanted.refused.length === read.refused.length) return wanted;
      if (await writeCircuit(this.#records, this.#target.id, read, wanted.circuit, wanted.refused)) return wanted;
    }
  }
}
