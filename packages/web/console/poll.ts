// Asks for the same thing again and again while its element is on a page that is looked at, and knows how old the answer is. One
// request at a time; what was asked before a restart is not taken.
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { refresh } from './refresh.ts';
import { serverTime } from './server-time.ts';

type Asks<T> = (signal: AbortSignal) => Promise<T>;

export class Poll<T> implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #ask: Asks<T>;
  readonly #everyMs: number;
  readonly #onRefresh = () => this.#wake();
  #connected = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked: AbortController | null = null;
  #value: T | undefined;
  #at = 0;
  #error: Error | null = null;

  constructor(host: ReactiveControllerHost, everyMs: number, ask: Asks<T>) {
    this.#host = host;
    this.#ask = ask;
    this.#everyMs = everyMs;
    host.addController(this);
  }

  get value(): T | undefined {
    return this.#value;
  }

  /** When the value was answered; milliseconds since 1970. */
  get at(): number {
    return this.#at;
  }

  /** Why the last request failed; null when it did not. */
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

  /** Asks at once, for something else: the old answer is forgotten. */
  restart(): void {
    this.#value = undefined;
    this.#error = null;
    this.again();
  }

  /** Asks at once. */
  again(): void {
    this.#stop();
    this.#host.requestUpdate();
    if (this.#connected) void this.#run();
  }

  #wake(): void {
    if (!refresh.running) clearTimeout(this.#timer);
    else if (!this.#asked) void this.#run();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    this.#asked = null;
  }

  async #run(): Promise<void> {
    clearTimeout(this.#timer);
    const asked = new AbortController();
    this.#asked = asked;
    try {
      const value = await this.#ask(asked.signal);
      if (this.#asked !== asked) return;
      this.#value = value;
      this.#at = serverTime();
      this.#error = null;
    } catch (error) {
      if (this.#asked !== asked) return;
      this.#error = error instanceof Error ? error : new Error(String(error));
    }
    this.#asked = null;
    this.#host.requestUpdate();
    if (refresh.running) this.#timer = setTimeout(() => void this.#run(), this.#everyMs);
  }
}
