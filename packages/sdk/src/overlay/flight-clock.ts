// The clock that moves danmaku: it runs at the rate of the setting `speed` and stops while the player is paused, so that the distances between
// danmaku stay the same.

export class FlightClock {
  readonly #source: () => number;
  #rate = 1;
  #running = true;
  #base = 0;
  #at: number;

  constructor(source: () => number = () => performance.now()) {
    this.#source = source;
    this.#at = source();
  }

  /** Milliseconds of flight time since an arbitrary start. */
  now(): number {
    return this.#base + (this.#source() - this.#at) * this.rate;
  }

  /** Milliseconds of flight time per millisecond of real time; 0 while stopped. */
  get rate(): number {
    return this.#running ? this.#rate : 0;
  }

  run(running: boolean): void {
    this.#settle();
    this.#running = running;
  }

  setRate(rate: number): void {
    this.#settle();
    this.#rate = rate;
  }

  #settle(): void {
    this.#base = this.now();
    this.#at = this.#source();
  }
}
