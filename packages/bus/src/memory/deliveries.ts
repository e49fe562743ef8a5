// Delivers frames, bells and freed leases by a later turn of the event loop, in order, as a network would; a subscriber that
// throws is counted and logged, and hurts nobody else.
import type { Runtime } from '@danmux/runtime';
import type { Subscription } from '../contract/subscription.ts';

export class Deliveries<T> {
  readonly #runtime: Runtime;
  readonly #listeners = new Map<string, Set<(message: T) => void>>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  open(channel: string, listener: (message: T) => void): Subscription {
    const listeners = this.#listeners.get(channel) ?? new Set();
    // One entry a subscription, even when the same function listens twice.
    const own = (message: T) => listener(message);
    this.#listeners.set(channel, listeners.add(own));
    return {
      close: async () => {
        listeners.delete(own);
        if (listeners.size === 0 && this.#listeners.get(channel) === listeners) this.#listeners.delete(channel);
      },
    };
  }

  /** Whether anybody listens. */
  has(channel: string): boolean {
    return this.#listeners.has(channel);
  }

  publish(channel: string, message: T): void {
    if (!this.#listeners.has(channel)) return;
    setImmediate(() => {
      for (const listener of this.#listeners.get(channel) ?? []) this.#call(listener, message);
    });
  }

  #call(listener: (message: T) => void, message: T): void {
    try {
      listener(message);
    } catch (error) {
      this.#runtime.caught('memory-deliveries', error, 'a subscriber failed');
    }
  }
}
