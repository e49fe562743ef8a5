// Repeats a request while its element is connected, the page is visible and the operator has not paused updates, and records the time of the last
// reply. One request runs at a time; `restart` and `again` abort it, and its reply is ignored.
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { refresh } from './refresh.ts';
import { serverTime } from './server-time.ts';

type Fetch<T> = (signal: AbortSignal) => Promise<T>;

export class Poll<T> implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #fetch: Fetch<T>;
  readonly #everyMs: number;
  readonly #onRefresh = () => this.#wake();
  #connected = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: AbortController | null = null;
  #value: T | undefined;
  #at = 0;
  #error: Error | null = null;

  constructor(host: ReactiveControllerHost, everyMs: number, fetch: Fetch<T>) {
    this.#host = host;
    this.#fetch = fetch;
    this.#everyMs = everyMs;
    host.addController(this);
  }

  get value(): T | undefined {
    return this.#value;
  }

  /** Time of the last successful reply, milliseconds since 1970; 0 before the first. */
  get at(): number {
    return this.#at;
  }

  /** Error of the last request; null when it succeeded. */
  get error(): Error | null {
    return this.#error;
  }

  hostConnected(): void {
    this.#connected = true;
    refresh.addEventListener('change', this.#onRefresh);
    void this.#run();
  }

  hostDisconnected(): void {
    this.#connected = false;
    refresh.removeEventListener('change', this.#onRefresh);
    this.#stop();
  }

  /** Drops the last reply and requests again; call it when the parameters of the request have changed, for example to another page of a list. */
  restart(): void {
    this.#value = undefined;
    this.#error = null;
    this.again();
  }

  /** Requests again immediately and keeps the last reply until the new one arrives; call it after a change. */
  again(): void {
    this.#stop();
    this.#host.requestUpdate();
    if (this.#connected) void this.#run();
  }

  #wake(): void {
    if (!refresh.running) clearTimeout(this.#timer);
    else if (!this.#running) void this.#run();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#running?.abort();
    this.#running = null;
  }

  async #run(): Promise<void> {
    clearTimeout(this.#timer);
    const controller = new AbortController();
    this.#running = controller;
    try {
      const value = await this.#fetch(controller.signal);
      if (this.#running !== controller) return;
      this.#value = value;
      this.#at = serverTime();
      this.#error = null;
    } catch (error) {
      if (this.#running !== controller) return;
      this.#error = error instanceof Error ? error : new Error(String(error));
    }
    this.#running = null;
    this.#host.requestUpdate();
    if (refresh.running) this.#timer = setTimeout(() => void this.#run(), this.#everyMs);
  }
}
