// The notice by which the edge announces that it closes this connection. The table of closings says whether the client may reconnect after it.
// It closes and opens nothing.
import { closingOf, type ErrorBody, type ErrorCode, errors, type Notice } from '@danmux/protocol';

export class EndingNotice {
  #notice: Notice | undefined;

  /** Call with each notice of the connection; keeps the last one that concerns the whole connection. */
  note(notice: Notice): void {
    if (notice.room === undefined && closingOf(notice.code)) this.#notice = notice;
  }

  /** The refusal that a reconnect with the same token would get, at the server's time `now`; undefined when the client may reconnect. */
  refusal(now: number): ErrorBody | undefined {
    const notice = this.#notice;
    if (!notice || closingOf(notice.code)?.reconnect !== false || !Object.hasOwn(errors, notice.code)) return undefined;
    const { code, message, until } = notice;
    return { code: code as ErrorCode, message, ...(until === undefined ? {} : { retry_after_ms: Math.max(0, until - now) }) };
  }
}
