// A subscription of any kind. It delivers from the moment its promise resolved; after `close` was called nothing is delivered.

export interface Subscription {
  /** Also resolves when it was closed before. */
  close(): Promise<void>;
}
