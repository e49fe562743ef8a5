// Danmaku that wait for a line, one queue for each mode so that modes do not block each other; the viewer's own first. Past the cap it
// returns the oldest that is not the viewer's own.
import type { Flight } from './flight.ts';
import type { DanmakuItem, DanmakuMode } from './overlay-item.ts';

/** A danmaku, waiting or in flight, with all messages merged into it. */
export interface Waiting {
  readonly item: DanmakuItem;
  readonly text: string;
  /** Time of input, by the page's clock. */
  readonly since: number;
  /** Counts of the merged messages, by id. */
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

  /** The one that has waited longest, of the viewer's own or of the others. */
  oldest(own = false): Waiting | undefined {
    let oldest: Waiting | undefined;
    for (const waiting of this.#byMode.values()) {
      const first = waiting.find(({ item }) => (item.own === true) === own);
      if (first && (!oldest || first.since < oldest.since)) oldest = first;
    }
    return oldest;
  }

  /** Removes and returns all. */
  empty(): Waiting[] {
    const all = [...this.#byMode.values()].flat();
    for (const waiting of this.#byMode.values()) waiting.length = 0;
    return all;
  }

  #of({ item: { mode = 'scroll' } }: Waiting): Waiting[] {
    return this.#byMode.get(mode) ?? [];
  }
}
