// The circuit of one target, shared by all workers: whether it may be tried now, by whom, and what its answers mean for the
// next try. One try at a time while it is open; nothing is skipped, events only wait.
import type { Records } from '@danmux/bus';
import { type CircuitState, readCircuit, targetVersion, type WebhookTarget, writeCircuit } from '@danmux/cluster/webhooks';
import type { Runtime } from '@danmux/runtime';
import { retryWaitMs } from './retry-wait.ts';
import type { Outcome } from './webhook-client.ts';

/** A try whose worker died is made up for after the time-out of a try and this. */
const claimMarginMs = 5_000;

/** `go`: all is well. `probe`: the target failed, and this is the one try that is due: tell how it ended. */
export type Admission = 'go' | 'probe' | 'wait';

export class Circuit {
  readonly #runtime: Runtime;
  readonly #records: Records;
  readonly #target: WebhookTarget;
  readonly #version: string;

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
    if (read.circuit === null) return 'go';
    if (!this.isDue(read.circuit)) return 'wait';
    const retry_at = this.#runtime.clock.now() + this.#runtime.config.webhooks.timeout_ms + claimMarginMs;
    const claimed = { ...read.circuit, state: 'open' as const, version: this.#version, retry_at };
    return (await writeCircuit(this.#records, this.#target.id, read, claimed)) ? 'probe' : 'wait';
  }

  /** After a try that shows that the target works. */
  async works(): Promise<void> {
    await this.#change(() => null);
    this.#runtime.log.info({ target: this.#target.id }, 'a webhook target works again');
  }

  /** After a try that failed; several that failed together count as one. */
  async failed(outcome: Outcome & { kind: 'down' }, admission: Admission): Promise<void> {
    const now = this.#runtime.clock.now();
    await this.#change((circuit) => {
      if (admission !== 'probe' && circuit !== null) return circuit;
      const failures = (circuit?.failures ?? 0) + 1;
      const retry_at = now + retryWaitMs(failures, this.#runtime.config.webhooks.max_wait_ms, outcome.retryAfterMs);
      return { state: 'open', failures, retry_at, since: circuit?.since ?? now, error: outcome.error, version: this.#version };
    });
    if (admission === 'go') this.#runtime.log.warn({ target: this.#target.id, error: outcome.error }, 'a webhook target fails');
  }

  /** After a 410: until an operator enables it or it is another one. */
  async disable(error: string): Promise<void> {
    const now = this.#runtime.clock.now();
    await this.#change((circuit) => ({
      ...{ state: 'disabled', failures: (circuit?.failures ?? 0) + 1, retry_at: 0, since: circuit?.since ?? now, error },
      version: this.#version,
    }));
    this.#runtime.log.error({ target: this.#target.id }, 'a webhook target said 410 and is disabled');
  }

  async #change(next: (circuit: CircuitState | null) => CircuitState | null): Promise<void> {
    for (;;) {
      const read = await readCircuit(this.#records, this.#target.id);
      const wanted = next(read.circuit);
      if (wanted === read.circuit) return;
      if (await writeCircuit(this.#records, this.#target.id, read, wanted)) return;
    }
  }
}
