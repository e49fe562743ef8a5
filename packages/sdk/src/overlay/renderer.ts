// The interface of a renderer: draws danmaku on screen (flights), and reports the end of each flight. The caller decides when and on which line
// a flight starts.
import type { Flight } from './flight.ts';

export interface Renderer {
  /** Number of elements or bitmaps created so far. */
  readonly made: number;
  /** Draws the flight from now on. At its end removes it and calls `landed`, unless `remove` was called before. */
  show(flight: Flight): void;
  /** Draws the flight's changed count. */
  recount(flight: Flight): void;
  /** Removes the flight from the screen immediately, without calling `landed`. */
  remove(flight: Flight): void;
  /** Sets the rate of the flight clock. At 0 all flights freeze and no timer, frame or animation runs. */
  setRate(rate: number): void;
  setOpacity(opacity: number): void;
  /** Removes the renderer from the page. */
  destroy(): void;
}

/** Called when a flight has ended and was removed from the screen. */
export type Landed = (flight: Flight) => void;
