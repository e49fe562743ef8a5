// The life of a part: the constructor wires, start() acts, drain() stops taking new work and finishes the old, stop() ends
// it. Every role and every long-lived piece keeps this form, so that the lifecycle can run them all alike.

export interface Part {
  readonly name: string;
  start(): Promise<void>;
  /** Stop taking new work, finish or hand over the old. Resolves when nothing is lost by stopping. */
  drain(): Promise<void>;
  /** Release everything. Safe after a failed start, and twice. */
  stop(): Promise<void>;
}
