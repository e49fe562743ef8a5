// Danmaku from the moment they are given until they have landed: filtered, merged, waiting within a cap, then on a line where they touch
// nothing. What is one's own passes every cap and filter; whatever else finds no place in time is dropped, oldest first, and counted.
import type { BlockList } from './block-list.ts';
import { course, type Flight, leftAt } from './flight.ts';
import type { FlightClock } from './flight-clock.ts';
import { MergeWindow } from './merge-window.ts';
import type { DanmakuItem, DanmakuMode, OverlayBox } from './overlay-item.ts';
import type { OverlaySettings } from './overlay-settings.ts';
import type { Landed, Renderer } from './renderer.ts';
import { shownText } from './shown-text.ts';
import type { Stage } from './stage.ts';
import { Tracks, type Wish } from './tracks.ts';
import { type Waiting, WaitingLine } from './waiting-line.ts';

/** Those that wait are tried again so often, milliseconds. */
const retryMs = 80;
/** One's own waits at most so long for a free line, then it takes the one where it disturbs the least. */
const ownPatienceMs = 800;
/** One's own that may wait beside `maxPending`, while the player stands. */
const maxOwnWaiting = 50;
/** Ids known of one text that many said; those past it cannot be recalled out of its count. */
const maxIds = 1_000;

export interface LaneParts {
  readonly stage: Stage;
  readonly clock: FlightClock;
  readonly blocks: BlockList;
  /** Draws as the settings say. */
  renderer(kind: OverlaySettings['renderer'], landed: Landed): Renderer;
  /** True while danmaku shall stand instead of move. */
  still(): boolean;
}

export class DanmakuLane {
  readonly #parts: LaneParts;
  readonly #tracks = new Tracks();
  readonly #merge = new MergeWindow<Waiting>(0);
  readonly #waiting = new WaitingLine();
  readonly #flights = new Map<Flight, Waiting>();
  readonly #byId = new Map<string, Waiting>();
  readonly #onLanded: Landed = (flight) => this.#landed(flight);
  #settings: OverlaySettings;
  #renderer: Renderer;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** Pixels. */
  #covered = 0;
  #dropped = 0;

  constructor(parts: LaneParts, settings: OverlaySettings) {
    this.#parts = parts;
    this.#settings = settings;
    this.#renderer = parts.renderer(settings.renderer, this.#onLanded);
    this.configure(settings);
  }

  get shown(): number {
    return this.#flights.size;
  }

  get pending(): number {
    return this.#waiting.size;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get made(): number {
    return this.#renderer.made;
  }

  offer(item: DanmakuItem): void {
    const text = shownText(item.text);
    if (!this.#settings.danmaku || text === '' || this.#byId.has(item.id) || this.#isBlocked(item)) return;
    const now = performance.now();
    const same = item.own ? undefined : this.#merge.find(text, now);
    if (same) this.#countUp(same, item);
    else this.#enter(item, text, now);
  }

  /** A text that many said loses this one of them, and goes with the last. */
  remove(id: string): void {
    const entry = this.#byId.get(id);
    if (!entry) return;
    this.#byId.delete(id);
    entry.count -= entry.ids.get(id) ?? 0;
    entry.ids.delete(id);
    if (entry.count <= 0 || entry.ids.size === 0) this.#takeOut(entry);
    else this.#recount(entry);
    this.#fly();
  }

  clear(): void {
    for (const entry of [...this.#flights.values(), ...this.#waiting.empty()]) this.#takeOut(entry);
    clearTimeout(this.#retry);
    this.#retry = undefined;
  }

  configure(settings: OverlaySettings): void {
    const redraw = settings.renderer !== this.#settings.renderer;
    this.#settings = settings;
    this.#merge.configure(settings.mergeMs);
    if (!settings.danmaku) this.clear();
    if (redraw) this.#redraw();
    this.#renderer.setOpacity(settings.opacity);
    for (const entry of new Set(this.#byId.values())) if (this.#isBlocked(entry.item)) this.#takeOut(entry);
    this.relayout();
    this.#trim();
  }

  /** The lines may be others now. What has lost its line goes; one's own is shown again. */
  relayout(): void {
    const lines = this.#parts.stage.lines();
    this.#tracks.layout(lines);
    for (const [flight, entry] of [...this.#flights]) {
      if (flight.top + flight.height <= lines.bottom + 1) continue;
      if (entry.item.own) this.#waitAgain([entry]);
      else this.#takeOut(entry);
    }
    this.#fly();
  }

  /** All that fly begin anew, as when they shall stand instead of move. */
  restart(): void {
    this.#waitAgain([...this.#flights.values(), ...this.#waiting.empty()]);
    this.#fly();
    this.#trim();
  }

  /** The clock's rate has changed. */
  setRate(): void {
    const { rate } = this.#parts.clock;
    this.#renderer.setRate(rate);
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#fly();
  }

  boxes(): OverlayBox[] {
    const now = this.#parts.clock.now();
    return [...this.#flights.keys()]
      .filter(({ end }) => end > now)
      .map((flight) => {
        const { id, mode, top, width, height } = flight;
        return { id, mode, left: leftAt(flight, now), top, width, height };
      });
  }

  destroy(): void {
    this.clear();
    this.#renderer.destroy();
  }

  #isBlocked({ own, text, mode = 'scroll', type = 'chat', user }: DanmakuItem): boolean {
    return !own && this.#parts.blocks.blocks({ text, mode, type, ...(user === undefined ? {} : { user }) });
  }

  #enter(item: DanmakuItem, text: string, now: number): void {
    const count = item.count ?? 1;
    const entry: Waiting = { item, text, since: now, ids: new Map([[item.id, count]]), count };
    this.#byId.set(item.id, entry);
    if (!item.own) this.#merge.add(text, entry);
    // Behind others of its mode it has to wait in any case.
    const mustWait = !item.own && this.#waiting.first(item.mode ?? 'scroll') !== undefined;
    this.#waiting.add(entry);
    if (!mustWait) this.#fly();
    this.#trim();
  }

  #countUp(entry: Waiting, { id, count = 1 }: DanmakuItem): void {
    entry.count += count;
    if (entry.ids.size < maxIds) {
      entry.ids.set(id, count);
      this.#byId.set(id, entry);
    }
    this.#recount(entry);
  }

  #recount({ flight, count, ids }: Waiting): void {
    if (!flight) return;
    flight.count = count;
    flight.id = ids.keys().next().value ?? flight.id;
    this.#renderer.recount(flight);
  }

  #trim(): void {
    const { maxPending } = this.#settings;
    while (this.#waiting.size > maxPending) {
      const oldest = this.#waiting.oldest() ?? (this.#waiting.size > maxPending + maxOwnWaiting ? this.#waiting.oldest(true) : undefined);
      if (!oldest) return;
      this.#takeOut(oldest);
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
    while (entry && this.#start(entry)) {
      this.#waiting.delete(entry);
      entry = this.#waiting.first(mode);
    }
    if (!entry) this.#tracks.release(mode);
  }

  /** False when there is no place for it now. */
  #start(entry: Waiting): boolean {
    const { item, text, count } = entry;
    const { width, height, size } = this.#parts.stage.measure(text, item.size ?? 'normal');
    if (!item.own && !this.#hasRoom(width * height)) return false;
    const wish = this.#wish(item.mode ?? 'scroll', width, height);
    const top = this.#tracks.find(wish) ?? (item.own && performance.now() - entry.since > ownPatienceMs ? this.#tracks.leastCrowded(wish) : undefined);
    if (top === undefined) return false;
    const flight: Flight = { ...wish, top, item, id: entry.ids.keys().next().value ?? item.id, text, size, count };
    entry.flight = flight;
    this.#covered += width * height;
    this.#tracks.add(flight);
    this.#flights.set(flight, entry);
    this.#renderer.show(flight);
    return true;
  }

  #wish(given: DanmakuMode, width: number, height: number): Wish {
    const { stage, clock, still } = this.#parts;
    const mode = still() && given !== 'bottom' ? 'top' : given;
    const { durationMs } = this.#settings;
    const start = clock.now();
    return {
      mode,
      ...course(mode, width, stage.width),
      width,
      height,
      start,
      end: start + (mode === 'top' || mode === 'bottom' ? durationMs / 2 : durationMs),
    };
  }

  #hasRoom(pixels: number): boolean {
    const { stage } = this.#parts;
    const { maxShown, coverage } = this.#settings;
    if (stage.width === 0 || this.#flights.size >= maxShown) return false;
    // A small screen shows one at least.
    return this.#covered + pixels <= coverage * stage.width * stage.height || (this.#flights.size === 0 && coverage > 0);
  }

  #landed(flight: Flight): void {
    const entry = this.#flights.get(flight);
    if (entry) this.#takeOut(entry);
    if (this.#waiting.size > 0) this.#fly();
  }

  /** Forgets it, wherever it is. */
  #takeOut(entry: Waiting): void {
    this.#ground(entry);
    this.#waiting.delete(entry);
    this.#merge.forget(entry.text, entry);
    for (const id of entry.ids.keys()) this.#byId.delete(id);
  }

  /** Takes it off the screen. */
  #ground(entry: Waiting): void {
    const { flight } = entry;
    if (!flight) return;
    entry.flight = undefined;
    this.#flights.delete(flight);
    this.#tracks.delete(flight);
    this.#covered -= flight.width * flight.height;
    this.#renderer.take(flight);
  }

  #waitAgain(entries: readonly Waiting[]): void {
    for (const entry of entries) {
      this.#ground(entry);
      this.#waiting.add(entry);
    }
  }

  #redraw(): void {
    const before = [...this.#flights.values(), ...this.#waiting.empty()];
    this.#waitAgain(before);
    this.#renderer.destroy();
    this.#renderer = this.#parts.renderer(this.#settings.renderer, this.#onLanded);
  }
}
