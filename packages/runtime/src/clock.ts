// The time, as a thing that can be handed in: code that compares or counts time asks a Clock, so that a test can set it.

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
