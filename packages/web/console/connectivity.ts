// Records whether the api is reachable: the time of the last reply, and whether the last request got none. The header shows this on all pages.
import { serverTime } from './server-time.ts';

class Connectivity extends EventTarget {
  #lastAnswer = 0;
  #offline = false;

  get offline(): boolean {
    return this.#offline;
  }

  /** Time of the last reply, milliseconds since 1970; 0 before the first. */
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

  #set(offline: boolean): void {
    if (this.#offline === offline) return;
    this.#offline = offline;
    this.dispatchEvent(new Event('change'));
  }
}

export const connectivity = new Connectivity();
