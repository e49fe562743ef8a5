// Whether the api answers: since when it did last, and whether the last request failed. What is on the screen is only as fresh as that.
import { serverTime } from './server-time.ts';

class Reach extends EventTarget {
  #lastAnswer = 0;
  #away = false;

  get away(): boolean {
    return this.#away;
  }

  /** Milliseconds since 1970; 0 before the first. */
  get lastAnswer(): number {
    return this.#lastAnswer;
  }

  answered(): void {
    this.#lastAnswer = serverTime();
    this.#set(false);
  }

  missed(): void {
    this.#set(true);
  }

  #set(away: boolean): void {
    if (this.#away === away) return;
    this.#away = away;
    this.dispatchEvent(new Event('change'));
  }
}

export const reach = new Reach();
