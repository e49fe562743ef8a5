// What draws danmaku. It shows a flight until its end, says when it has landed, and decides nothing else: which, when and where is said to it.
import type { Flight } from './flight.ts';

export interface Renderer {
  /** Elements or bitmaps made so far. */
  readonly made: number;
  /** Shows it from now on; `landed` is called at its end, unless it was taken before. */
  show(flight: Flight): void;
  /** Its count has changed. */
  recount(flight: Flight): void;
  /** Takes it off the screen at once. */
  take(flight: Flight): void;
  /** 0: all stands; no timer, frame or animation runs then. */
  setRate(rate: number): void;
  setOpacity(opacity: number): void;
  /** Takes it out of the page. */
  destroy(): void;
}

export type Landed = (flight: Flight) => void;
