// Chat messages that arrive while the page is hidden: the newest are delivered when it is visible again, older ones are counted. Gifts and
// counters never come here.
import type { Msg } from '@danmux/protocol';

/** Newest messages to keep. */
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

  /** A recalled message is not delivered later. */
  drop(id: string): void {
    this.#msgs = this.#msgs.filter((msg) => msg.id !== id);
  }

  /** The kept messages in order, and the number of dropped ones before them. */
  release(): { readonly msgs: readonly Msg[]; readonly dropped: number } {
    const released = { msgs: this.#msgs, dropped: this.#dropped };
    this.#msgs = [];
    this.#dropped = 0;
    return released;
  }
}
