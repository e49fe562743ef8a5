// Pub/sub of the memory engine. Delivers in order in a later turn of the event loop, as a network would. An error thrown by a subscriber is
// counted and logged, and the other subscribers still get the message.
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
    // A new function per subscription, so that the same listener can subscribe twice.
    const entry = (message: T) => listener(message);
    this.#listeners.set(channel, listeners.add(entry));
    return {
      close: async () => {
        listeners.delete(entry);
        if (listeners.size === 0 && this.#listeners.get(channel) === listeners) this.#listeners.delete(channel);
      },
    };
  }

  /** Whether the channel has a subscriber. */
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
      this.#runtime.caught('memory-deliveries', error, 'subscriber threw; the others still get the message');
    }
  }
}
