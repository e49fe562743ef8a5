// Buffers chat messages that arrive while the page is hidden. The newest 50 are delivered when the page is visible again; older ones are dropped and
// counted. Gifts and counters are never buffered.
import type { Msg } from '@danmux/protocol';

/** Cap on buffered messages; past it the oldest is dropped. */
const maxMessages = 50;

export class HiddenChat {
  #msgs: Msg[] = [];
  #dropped = 0;

  add(msg: Msg): void {
    this.#msgs.push(msg);
    if (this.#msgs.length <= maxMessages) return;
    this.#msgs.shift();
    this.#dropped++;
  }

  /** Removes recalled messages, so that they are not delivered later. */
  dropWhere(recalled: (msg: Msg) => boolean): void {
    this.#msgs = this.#msgs.filter((msg) => !recalled(msg));
  }

  /** Empties the buffer: returns its messages in order of arrival, and how many older ones were dropped. */
  release(): { readonly msgs: readonly Msg[]; readonly dropped: number } {
    const released = { msgs: this.#msgs, dropped: this.#dropped };
    this.#msgs = [];
    this.#dropped = 0;
    return released;
  }
}
