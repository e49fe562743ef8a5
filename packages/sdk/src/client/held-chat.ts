// Chat that comes while nobody looks: the newest is kept for the return, the rest is counted. Gifts and counters are not its
// business; they are given at once.
import type { Msg } from '@danmux/protocol';

/** Kept for the return. */
const keptAtMost = 50;

export class HeldChat {
  #kept: Msg[] = [];
  #left = 0;

  hold(msg: Msg): void {
    this.#kept.push(msg);
    if (this.#kept.length <= keptAtMost) return;
    this.#kept.shift();
    this.#left++;
  }

  /** A recalled message is not given later. */
  drop(id: string): void {
    this.#kept = this.#kept.filter((msg) => msg.id !== id);
  }

  /** What was kept, in its order, and how many before it were not. */
  release(): { readonly msgs: readonly Msg[]; readonly left: number } {
    const released = { msgs: this.#kept, left: this.#left };
    this.#kept = [];
    this.#left = 0;
    return released;
  }
}
