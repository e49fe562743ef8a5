// Whether this process is alive and ready. Parts register checks; /readyz asks them all. A failing check says why, and a
// change from ready to not ready (and back) is logged once.

import { type Degradation, Degraded } from './degraded.ts';
import type { Logger } from './logger.ts';

export type Check = () => Promise<void> | void;

export interface Readiness {
  readonly ready: boolean;
  /** Each check's name with `ok` or the reason it failed. */
  readonly checks: Readonly<Record<string, string>>;
  /** What is wrong though it serves; empty when nothing is. */
  readonly degraded: readonly Degradation[];
}

export class Health {
  readonly #checks = new Map<string, Check>();
  readonly #log: Pick<Logger, 'info' | 'warn'> | undefined;
  readonly #degraded: Degraded;
  #wasReady: boolean | undefined;

  constructor(log?: Pick<Logger, 'info' | 'warn'>, degraded: Degraded = new Degraded()) {
    this.#log = log;
    this.#degraded = degraded;
  }

  /** Registers a check; it fails by throwing or rejecting. Returns a function that removes it. */
  register(name: string, check: Check): () => void {
    this.#checks.set(name, check);
    return () => this.#checks.delete(name);
  }

  async readiness(): Promise<Readiness> {
    const results = await Promise.all([...this.#checks].map(async ([name, check]) => [name, await outcome(check)] as const));
    const ready = results.every(([, result]) => result === 'ok');
    const readiness = { ready, checks: Object.fromEntries(results), degraded: this.#degraded.list };
    this.#tell(readiness);
    return readiness;
  }

  #tell({ ready, checks }: Omit<Readiness, 'degraded'>): void {
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
