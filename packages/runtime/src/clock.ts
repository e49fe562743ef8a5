// The clock interface. Code that compares or measures wall-clock time takes a Clock as a parameter, so that tests can control the time.

/** A source of wall-clock time. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

/** The clock of this machine. */
export const systemClock: Clock = { now: () => Date.now() };
