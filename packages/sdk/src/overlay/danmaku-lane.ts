// Takes danmaku from input to the end of their flight: filters and merges them, and queues them until a line is free. Past the queue's cap the oldest
// are dropped and counted. The viewer's own danmaku skip all filters and most caps.
import { Airspace, type AirspaceParts } from './airspace.ts';
import type { BlockList } from './block-list.ts';
import { MergeWindow } from './merge-window.ts';
import type { DanmakuItem, DanmakuMode, OverlayBox } from './overlay-item.ts';
import type { OverlaySettings } from './overlay-settings.ts';
import { shownText } from './shown-text.ts';
import { type Waiting, WaitingLine } from './waiting-line.ts';

/** Milliseconds between attempts to start queued danmaku. */
const retryMs = 80;
/** Milliseconds. The viewer's own danmaku wait at most this long for a free line, then use the line with the fewest collisions. */
const maxOwnWaitMs = 800;
/** Number of the viewer's own danmaku that may be queued beyond `maxPending`, for example while the player is paused. */
const maxOwnWaiting = 50;
/** Cap on message ids remembered for one merged danmaku. A recall of a message whose id was not remembered does not reduce the count. */
const maxIds = 1_000;

interface LaneParts extends AirspaceParts {
  readonly blocks: BlockList;
}

export class DanmakuLane {
  readonly #parts: LaneParts;
  readonly #merge = new MergeWindow<Waiting>(0);
  readonly #waiting = new WaitingLine();
  readonly #airspace: Airspace;
  readonly #byId = new Map<string, Waiting>();
  #settings: OverlaySettings;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #dropped = 0;

  constructor(parts: LaneParts, settings: OverlaySettings) {
    this.#parts = parts;
    this.#settings = settings;
    this.#airspace = new Airspace(parts, settings, (entry) => this.#landed(entry));
    this.configure(settings);
  }

  get shown(): number {
    return this.#airspace.size;
  }

  get pending(): number {
    return this.#waiting.size;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get made(): number {
    return this.#airspace.made;
  }

  /** Shows, merges, queues or filters the item. A repeated id is ignored. */
  offer(item: DanmakuItem): void {
    const text = shownText(item.text);
    if (!this.#settings.danmaku || text === '' || this.#byId.has(item.id) || this.#isBlocked(item)) return;
    const now = performance.now();
    const same = item.own ? undefined : this.#merge.find(text, now);
    if (same) this.#countUp(same, item);
    else this.#enter(item, text, now);
  }

  /** Reduces the count of the danmaku into which this message was merged; removes the danmaku when no message is left. */
  remove(id: string): void {
    const entry = this.#byId.get(id);
    if (!entry) return;
    this.#byId.delete(id);
    entry.count -= entry.ids.get(id) ?? 0;
    entry.ids.delete(id);
    if (entry.count <= 0 || entry.ids.size === 0) this.#discard(entry);
    else this.#airspace.recount(entry);
    this.#fly();
  }

  clear(): void {
    for (const entry of [...this.#airspace.entries(), ...this.#waiting.empty()]) this.#discard(entry);
    this.#stopTrying();
  }

  configure(settings: OverlaySettings): void {
    const redraw = settings.renderer !== this.#settings.renderer;
    this.#settings = settings;
    this.#merge.configure(settings.mergeMs);
    if (!settings.danmaku) this.clear();
    if (redraw) this.#groundAll();
    this.#airspace.configure(settings);
    for (const entry of new Set(this.#byId.values())) if (this.#isBlocked(entry.item)) this.#discard(entry);
    this.relayout();
    this.#trim();
  }

  /** Call when the number of lines may have changed. Danmaku whose line no longer exists are removed; those of the viewer are queued again. */
  relayout(): void {
    for (const entry of this.#airspace.relayout()) {
      if (entry.item.own) this.#waitAgain([entry]);
      else this.#discard(entry);
    }
    this.#fly();
  }

  /** Restarts all flights, for example after the preference for reduced motion has changed. */
  restart(): void {
    this.#groundAll();
    this.#fly();
    this.#trim();
  }

  /** Call after the flight clock's rate has changed. */
  setRate(): void {
    this.#airspace.setRate();
    this.#stopTrying();
    this.#fly();
  }

  boxes(): OverlayBox[] {
    return this.#airspace.boxes();
  }

  destroy(): void {
    this.clear();
    this.#airspace.destroy();
  }

  #isBlocked({ own, text, mode = 'scroll', type = 'chat', user }: DanmakuItem): boolean {
    return !own && this.#parts.blocks.blocks({ text, mode, type, ...(user === undefined ? {} : { user }) });
  }

  #enter(item: DanmakuItem, text: string, now: number): void {
    const count = item.count ?? 1;
    const entry: Waiting = { item, text, since: now, ids: new Map([[item.id, count]]), count };
    this.#byId.set(item.id, entry);
    if (!item.own) this.#merge.add(text, entry);
    // Danmaku of one mode start in the order of their queue, so this one cannot start while others are queued before it.
    const blocked = !item.own && this.#waiting.first(item.mode ?? 'scroll') !== undefined;
    this.#waiting.add(entry);
    if (!blocked) this.#fly();
    this.#trim();
  }

  #countUp(entry: Waiting, { id, count = 1 }: DanmakuItem): void {
    entry.count += count;
    if (entry.ids.size < maxIds) {
      entry.ids.set(id, count);
      this.#byId.set(id, entry);
    }
    this.#airspace.recount(entry);
  }

  #trim(): void {
    const { maxPending } = this.#settings;
    while (this.#waiting.size > maxPending) {
      const oldest = this.#waiting.oldest() ?? (this.#waiting.size > maxPending + maxOwnWaiting ? this.#waiting.oldest(true) : undefined);
      if (!oldest) return;
      this.#discard(oldest);
      this.#dropped += oldest.count;
    }
  }

  #fly(): void {
    if (this.#parts.clock.rate === 0) return;
    for (const mode of this.#waiting.modes) this.#flyMode(mode);
    if (this.#waiting.size === 0 || this.#retry !== undefined) return;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#fly();
    }, retryMs);
  }

  #flyMode(mode: DanmakuMode): void {
    let entry = this.#waiting.first(mode);
    while (entry && this.#airspace.start(entry, this.#isForced(entry))) {
      this.#waiting.delete(entry);
      entry = this.#waiting.first(mode);
    }
    if (!entry) this.#airspace.release(mode);
  }

  #isForced({ item, since }: Waiting): boolean {
    return item.own === true && performance.now() - since > maxOwnWaitMs;
  }

  #stopTrying(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
  }

  #landed(entry: Waiting): void {
    this.#discard(entry);
    if (this.#waiting.size > 0) this.#fly();
  }

  /** Removes the entry from the screen, the queue and the merge window. */
  #discard(entry: Waiting): void {
    this.#airspace.ground(entry);
    this.#waiting.delete(entry);
    this.#merge.forget(entry.text, entry);
    for (const id of entry.ids.keys()) this.#byId.delete(id);
  }

  #waitAgain(entries: readonly Waiting[]): void {
    for (const entry of entries) {
      this.#airspace.ground(entry);
      this.#waiting.add(entry);
    }
  }

  /** Moves all flights from the screen to the front of the queue. */
  #groundAll(): void {
    this.#waitAgain([...this.#airspace.entries(), ...this.#waiting.empty()]);
  }
}
