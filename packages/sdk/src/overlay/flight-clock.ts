// The time in which danmaku fly: it runs as fast as the setting `speed` says and stands while the player does, so that what flies keeps
// its distances whatever changes.

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

  /** 0 while it stands. */
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
