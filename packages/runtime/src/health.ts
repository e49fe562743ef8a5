// Whether this process is alive and ready. Parts register checks; /readyz asks them all. A failing check says why, and a
// change from ready to not ready (and back) is logged once.

export type Check = () => Promise<void> | void;

export interface Readiness {
  readonly ready: boolean;
  /** Each check's name with `ok` or the reason it failed. */
  readonly checks: Readonly<Record<string, string>>;
}

export class Health {
  readonly #checks = new Map<string, Check>();

  /** Registers a check; it fails by throwing or rejecting. Returns a function that removes it. */
  register(name: string, check: Check): () => void {
    this.#checks.set(name, check);
    return () => this.#checks.delete(name);
  }

  async readiness(): Promise<Readiness> {
    const results = await Promise.all([...this.#checks].map(async ([name, check]) => [name, await outcome(check)] as const));
    return { ready: results.every(([, result]) => result === 'ok'), checks: Object.fromEntries(results) };
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
