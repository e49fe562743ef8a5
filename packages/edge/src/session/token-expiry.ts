// Disconnects sessions with a notice once their token is past its expiry and the leeway.
import type { Part, Runtime } from '@danmux/runtime';
import type { Session } from './session.ts';

const everyMs = 1_000;

export class TokenExpiry implements Part {
  readonly name = 'token-expiry';
  readonly #runtime: Runtime;
  readonly #sessions: ReadonlySet<Session>;
  #timer: NodeJS.Timeout | undefined;

  constructor(runtime: Runtime, sessions: ReadonlySet<Session>) {
    this.#runtime = runtime;
    this.#sessions = sessions;
  }

  async start(): Promise<void> {
    this.#timer = setInterval(() => this.check(), everyMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
  }

  check(): void {
    const before = this.#runtime.clock.now() - this.#runtime.config.viewer.token_leeway_s * 1_000;
    for (const session of this.#sessions) {
      const { expiresAt } = session.viewer;
      if (expiresAt === undefined || expiresAt > before) continue;
      session.emit('notice', { code: 'token_expired', message: 'Your token has expired; connect again with a new one.' });
      session.disconnect('token_expired');
    }
  }
}
