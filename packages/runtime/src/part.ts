// A part of a process: the constructor wires, start() acts, drain() stops taking new work and finishes the old, stop() ends
// it. Every role and every long-lived piece has this form, so that the lifecycle runs them all alike.

export interface Part {
  readonly name: string;
  start(): Promise<void>;
  /** Stops taking new work, finishes or hands over the old. Resolves when stopping loses nothing. Absent: nothing to drain. */
  drain?(): Promise<void>;
  /** Releases everything. Safe after a failed start, and twice. */
  stop(): Promise<void>;
}
