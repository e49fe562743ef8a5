// Determines whether this process is ready. Components register checks, and /readyz runs all of them. Each change of readiness is logged
// once, with the reasons.

import { type Degradation, Degraded } from './degraded.ts';
import type { Logger } from './logger.ts';

/** A readiness check. It fails when it throws or rejects; the message of the error is the reason. */
export type Check = () => Promise<void> | void;

/** Body of /readyz. */
export interface Readiness {
  readonly ready: boolean;
  /** `ok` or the failure reason, by check. */
  readonly checks: Readonly<Record<string, string>>;
  /** Problems that do not stop the process from serving. */
  readonly degraded: readonly Degradation[];
}

/** The readiness checks of this process. */
export class Health {
  readonly #checks = new Map<string, Check>();
  readonly #log: Pick<Logger, 'info' | 'warn'> | undefined;
  readonly #degraded: Degraded;
  #wasReady: boolean | undefined;

  constructor(log?: Pick<Logger, 'info' | 'warn'>, degraded: Degraded = new Degraded()) {
    this.#log = log;
    this.#degraded = degraded;
  }

  /** Registers a check and returns a function that removes it. */
  register(name: string, check: Check): () => void {
    this.#checks.set(name, check);
    return () => this.#checks.delete(name);
  }

  /** Runs all checks in parallel. A check without a result within two seconds fails. */
  async readiness(): Promise<Readiness> {
    const results = await Promise.all([...this.#checks].map(async ([name, check]) => [name, await outcome(check)] as const));
    const ready = results.every(([, result]) => result === 'ok');
    const readiness = { ready, checks: Object.fromEntries(results), degraded: this.#degraded.list };
    this.#logChange(readiness);
    return readiness;
  }

  #logChange({ ready, checks }: Omit<Readiness, 'degraded'>): void {
    if (ready === this.#wasReady) return;
    const before = this.#wasReady;
    this.#wasReady = ready;
    if (!ready) this.#log?.warn({ checks }, 'not ready');
    else if (before === false) this.#log?.info({ checks }, 'ready again');
  }
}

const timeoutMs = 2_000;

async function outcome(check: Check): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([Promise.resolve().then(check), late]);
    return 'ok';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}
