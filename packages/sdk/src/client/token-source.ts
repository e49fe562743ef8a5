// Supplies the token of each connection: the fixed token, or one that the token function of the application returns. After a refusal it decides
// whether another token or a wait can help. It opens no connection.
import { DanmuxError, type ErrorBody } from '@danmux/protocol';
import { retryDelay } from './delay.ts';
import type { ClientOptions } from './options.ts';

/** The token function is asked again this many times after refusals in a row; then the client closes. */
const tries = 4;
/** The client waits for a token that becomes valid within this time (one hour). */
const longestWaitMs = 3_600_000;

export class TokenSource {
  readonly #token: ClientOptions['token'];
  #last: string | undefined;
  /** A token that is not valid yet, to be used again. */
  #early: string | undefined;
  #refusals = 0;

  constructor(token: ClientOptions['token']) {
    this.#token = token;
  }

  /** True when the application can supply a new token. */
  get renewable(): boolean {
    return typeof this.#token === 'function';
  }

  /** The token for the next connection, or undefined for a guest. Rejects with `token_missing` when the token function throws. */
  async next(): Promise<string | undefined> {
    const early = this.#early;
    this.#early = undefined;
    this.#last = early ?? (await this.#ask());
    return this.#last;
  }

  /** Call when a connection was accepted. */
  accepted(): void {
    this.#refusals = 0;
  }

  /** Milliseconds until the next connection can succeed after a refusal with a `token_…` code; undefined when none can. */
  refused({ code, retry_after_ms: afterMs }: ErrorBody): number | undefined {
    if (code === 'token_not_yet_valid' && afterMs !== undefined && afterMs <= longestWaitMs) {
      // The same token is used again. A backend whose clock is fast would only return another token that is not valid yet.
      this.#early = this.#last;
      return afterMs + retryDelay(1);
    }
    if (!this.renewable || this.#refusals >= tries) return undefined;
    return retryDelay(1.5 * ++this.#refusals);
  }

  async #ask(): Promise<string | undefined> {
    if (typeof this.#token !== 'function') return this.#token;
    try {
      return await this.#token();
    } catch (error) {
      throw new DanmuxError('token_missing', { message: 'options.token threw an error instead of returning a token.', cause: error });
    }
  }
}
