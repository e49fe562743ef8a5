// Draws danmaku. It shows a flight until its end and reports the landing; time and place are decided elsewhere.
import type { Flight } from './flight.ts';

export interface Renderer {
  /** Elements or bitmaps created so far. */
  readonly made: number;
  /** Shows it from now on; `landed` is called at its end, unless it was removed before. */
  show(flight: Flight): void;
  /** Its count has changed. */
  recount(flight: Flight): void;
  /** Removes it from the screen at once. */
  remove(flight: Flight): void;
  /** 0: everything is frozen; no timer, frame or animation runs. */
  setRate(rate: number): void;
  setOpacity(opacity: number): void;
  /** Removes the renderer from the page. */
  destroy(): void;
}

export type Landed = (flight: Flight) => void;
