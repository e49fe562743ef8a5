// The queues of danmaku that wait for a free line: one per mode, so that modes do not block each other, with the viewer's own first. The caller
// enforces the cap and drops the oldest.
import type { Flight } from './flight.ts';
import type { DanmakuItem, DanmakuMode } from './overlay-item.ts';

/** A danmaku, queued or in flight, with all messages merged into it. */
export interface Waiting {
  readonly item: DanmakuItem;
  readonly text: string;
  /** Time at which the first of its messages arrived at the overlay, by performance.now(). */
  readonly since: number;
  /** Counts of the merged messages, by message id. */
  readonly ids: Map<string, number>;
  count: number;
  flight?: Flight | undefined;
}

const modes: readonly DanmakuMode[] = ['top', 'bottom', 'reverse', 'scroll'];

export class WaitingLine {
  readonly #byMode = new Map<DanmakuMode, Waiting[]>(modes.map((mode) => [mode, []]));

  get size(): number {
    let size = 0;
    for (const waiting of this.#byMode.values()) size += waiting.length;
    return size;
  }

  get modes(): readonly DanmakuMode[] {
    return modes;
  }

  add(entry: Waiting): void {
    const waiting = this.#of(entry);
    const others = entry.item.own ? waiting.findIndex(({ item }) => !item.own) : -1;
    if (others < 0) waiting.push(entry);
    else waiting.splice(others, 0, entry);
  }

  first(mode: DanmakuMode): Waiting | undefined {
    return this.#byMode.get(mode)?.[0];
  }

  delete(entry: Waiting): boolean {
    const waiting = this.#of(entry);
    const at = waiting.indexOf(entry);
    if (at >= 0) waiting.splice(at, 1);
    return at >= 0;
  }

  /** Returns the danmaku queued longest: among the viewer's own when `own` is true, otherwise among those of other users. */
  oldest(own = false): Waiting | undefined {
    let oldest: Waiting | undefined;
    for (const waiting of this.#byMode.values()) {
      const first = waiting.find(({ item }) => (item.own === true) === own);
      if (first && (!oldest || first.since < oldest.since)) oldest = first;
    }
    return oldest;
  }

  /** Removes and returns all queued danmaku. */
  empty(): Waiting[] {
    const all = [...this.#byMode.values()].flat();
    for (const waiting of this.#byMode.values()) waiting.length = 0;
    return all;
  }

  #of({ item: { mode = 'scroll' } }: Waiting): Waiting[] {
    return this.#byMode.get(mode) ?? [];
  }
}
