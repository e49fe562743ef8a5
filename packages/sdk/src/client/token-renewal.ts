// Renews the token of an open connection before it ends: asks the application's token function and sends the event `auth`. When that fails it
// tries again until the edge ends the connection; Connection then connects with a new token.
import { type AuthReply, DanmuxError } from '@danmux/protocol';
import type { ServerTime } from './server-time.ts';
import { endOf } from './token-end.ts';
import type { TokenSource } from './token-source.ts';

export interface TokenRenewalParts {
  readonly tokens: TokenSource;
  readonly time: ServerTime;
  readonly auth: (token: string) => Promise<AuthReply>;
  readonly renewed: () => void;
  readonly failed: (error: DanmuxError) => void;
}

/** Longest time between two comparisons with the clock, milliseconds: the estimate of the server's time improves, and the page's clock may be set. */
const lookEveryMs = 60_000;
/** Minimum milliseconds between a connect or a renewal and the next renewal. Meanwhile the reply to a join corrects the server's time. */
const leastMs = 2_000;
/**
 * Milliseconds; a longer remaining life of a token counts as this one (20 minutes). The token is renewed when a random 15 to 30 % of that is left,
 * so at most 6 minutes before its end. The random share spreads the renewals of many viewers.
 */
const longestLifeMs = 1_200_000;
const retry = { baseMs: 1_000, maxMs: 30_000 };
/** Error codes after which no token can renew this connection. */
const final: readonly string[] = ['unknown_event', 'token_mismatch', 'banned'];

export class TokenRenewal {
  readonly #parts: TokenRenewalParts;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Incremented when a connection begins or ends; a renewal of an earlier one is ignored. */
  #connection = 0;
  #failures = 0;

  constructor(parts: TokenRenewalParts) {
    this.#parts = parts;
  }

  /** Call when a connection with this token was accepted. */
  begin(token: string | undefined): void {
    this.end();
    if (token === undefined || !this.#parts.tokens.renewable) return;
    const endsAt = endOf(token);
    if (endsAt !== undefined) this.#schedule(endsAt);
  }

  /** Call when the connection has ended. */
  end(): void {
    this.#connection++;
    this.#failures = 0;
    clearTimeout(this.#timer);
  }

  #schedule(endsAt: number): void {
    const lifeMs = Math.min(longestLifeMs, Math.max(0, endsAt - this.#parts.time.now()));
    const leadMs = lifeMs * (0.15 + 0.15 * Math.random());
    this.#look(endsAt - leadMs, leastMs);
  }

  #look(renewAt: number, atLeastMs = 0): void {
    const waitMs = Math.max(atLeastMs, renewAt - this.#parts.time.now());
    if (waitMs <= 0) void this.#renew();
    else this.#timer = setTimeout(() => this.#look(renewAt), Math.min(lookEveryMs, waitMs));
  }

  async #renew(): Promise<void> {
    const { tokens, time, auth, renewed, failed } = this.#parts;
    const connection = this.#connection;
    try {
      const token = await tokens.next();
      if (connection !== this.#connection || token === undefined) return;
      const askedAt = time.monotonic();
      const reply = await auth(token);
      if (connection !== this.#connection) return;
      time.learn(reply.now, askedAt);
      this.#failures = 0;
      this.#schedule(reply.expires_at);
      renewed();
    } catch (error) {
      if (!(error instanceof DanmuxError)) throw error;
      if (connection !== this.#connection) return;
      // An edge of an older version does not know the event `auth`. It closes the connection when the token ends, and the client then
      // connects with a new token.
      if (error.code !== 'unknown_event') failed(error);
      if (final.includes(error.code)) return;
      this.#timer = setTimeout(() => void this.#renew(), Math.min(retry.maxMs, retry.baseMs * 2 ** this.#failures++));
    }
  }
}
