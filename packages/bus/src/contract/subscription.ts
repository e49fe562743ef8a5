// A handle to any subscription of the bus. Delivery begins when the promise of the subscribing call resolves and ends when `close` is called.

export interface Subscription {
  /** Ends delivery. Idempotent. */
  close(): Promise<void>;
}
