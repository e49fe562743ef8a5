// The danmaku on screen: each has a line and is drawn until its flight ends. Decides whether another fits now, within the caps on their number and
// on the covered area. It queues nothing.
import { course, type Flight, leftAt } from './flight.ts';
import type { FlightClock } from './flight-clock.ts';
import type { DanmakuMode, OverlayBox } from './overlay-item.ts';
import type { OverlaySettings } from './overlay-settings.ts';
import type { Landed, Renderer } from './renderer.ts';
import type { Stage } from './stage.ts';
import { Tracks, type Wish } from './tracks.ts';
import type { Waiting } from './waiting-line.ts';

export interface AirspaceParts {
  readonly stage: Stage;
  readonly clock: FlightClock;
  /** Creates the renderer of this kind; it calls `landed` at the end of each flight. */
  renderer(kind: OverlaySettings['renderer'], landed: Landed): Renderer;
  /** True while danmaku must not move, because the viewer prefers reduced motion. */
  still(): boolean;
}

export class Airspace {
  readonly #parts: AirspaceParts;
  readonly #tracks = new Tracks();
  readonly #flights = new Map<Flight, Waiting>();
  readonly #onLanded: Landed;
  #settings: OverlaySettings;
  #renderer: Renderer;
  /** Area of all boxes in flight, square pixels. */
  #covered = 0;

  constructor(parts: AirspaceParts, settings: OverlaySettings, landed: (entry: Waiting) => void) {
    this.#parts = parts;
    this.#settings = settings;
    this.#onLanded = (flight) => {
      const entry = this.#flights.get(flight);
      if (entry) landed(entry);
    };
    this.#renderer = parts.renderer(settings.renderer, this.#onLanded);
  }

  get size(): number {
    return this.#flights.size;
  }

  get made(): number {
    return this.#renderer.made;
  }

  entries(): Waiting[] {
    return [...this.#flights.values()];
  }

  /** When the renderer changes, the caller must remove all flights first: they are not moved to the new one. */
  configure(settings: OverlaySettings): void {
    const other = settings.renderer !== this.#settings.renderer;
    this.#settings = settings;
    if (other) {
      this.#renderer.destroy();
      this.#renderer = this.#parts.renderer(settings.renderer, this.#onLanded);
    }
    this.#renderer.setOpacity(settings.opacity);
  }

  /** Starts the flight; returns false when there is no room now. `forced`: if no line is free, the line with the fewest collisions is used. */
  start(entry: Waiting, forced: boolean): boolean {
    const { item, text, count, ids } = entry;
    const { width, height, size } = this.#parts.stage.measure(text, item.size ?? 'normal');
    if (!item.own && !this.#hasRoom(width * height)) return false;
    const wish = this.#wish(item.mode ?? 'scroll', width, height);
    const top = this.#tracks.find(wish) ?? (forced ? this.#tracks.leastCrowded(wish) : undefined);
    if (top === undefined) return false;
    const flight: Flight = { ...wish, top, item, id: ids.keys().next().value ?? item.id, text, size, count };
    entry.flight = flight;
    this.#covered += width * height;
    this.#tracks.add(flight);
    this.#flights.set(flight, entry);
    this.#renderer.show(flight);
    return true;
  }

  /** Removes the danmaku from the screen if it is in flight. */
  ground(entry: Waiting): void {
    const { flight } = entry;
    if (!flight) return;
    entry.flight = undefined;
    this.#flights.delete(flight);
    this.#tracks.delete(flight);
    this.#covered -= flight.width * flight.height;
    this.#renderer.remove(flight);
  }

  /** Draws the entry's changed count if it is in flight. */
  recount({ flight, count, ids }: Waiting): void {
    if (!flight) return;
    flight.count = count;
    flight.id = ids.keys().next().value ?? flight.id;
    this.#renderer.recount(flight);
  }

  /** Call when no danmaku of this mode is queued: its reserved lines become free for all modes. */
  release(mode: DanmakuMode): void {
    this.#tracks.release(mode);
  }

  /** Call when the number of lines may have changed; returns the danmaku whose line no longer exists. */
  relayout(): Waiting[] {
    const lines = this.#parts.stage.lines();
    this.#tracks.layout(lines);
    const lost = [...this.#flights].filter(([{ top, height }]) => top + height > lines.bottom + 1);
    return lost.map(([, entry]) => entry);
  }

  /** Call after the flight clock's rate has changed. */
  setRate(): void {
    this.#renderer.setRate(this.#parts.clock.rate);
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
    this.#renderer.destroy();
  }

  #wish(given: DanmakuMode, width: number, height: number): Wish {
    const { stage, clock, still } = this.#parts;
    const mode = still() && given !== 'bottom' ? 'top' : given;
    const stands = mode === 'top' || mode === 'bottom';
    const start = clock.now();
    return { mode, ...course(mode, width, stage.width), width, height, start, end: start + this.#settings.durationMs / (stands ? 2 : 1) };
  }

  #hasRoom(pixels: number): boolean {
    const { stage } = this.#parts;
    const { maxShown, coverage } = this.#settings;
    if (stage.width === 0 || this.#flights.size >= maxShown) return false;
    // An empty screen shows one danmaku even when its area exceeds `coverage`. On a small screen every danmaku may exceed it.
    return this.#covered + pixels <= coverage * stage.width * stage.height || (this.#flights.size === 0 && coverage > 0);
  }
}
