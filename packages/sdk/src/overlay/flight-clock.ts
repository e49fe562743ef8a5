// The time in which danmaku fly: it follows the setting `speed` and stops with the player, so that distances between danmaku
// stay the same.

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

  now(): number {
    return this.#base + (this.#source() - this.#at) * this.rate;
  }

  /** 0 while stopped. */
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
