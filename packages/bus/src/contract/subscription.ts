// A handle to any subscription of the bus. Delivery begins when the promise of the subscribing call resolves and ends when `close` is called.

/** An open subscription. It survives outages of the store: the engine subscribes again after a reconnect. */
export interface Subscription {
  /** Ends delivery. Idempotent. */
  close(): Promise<void>;
}
