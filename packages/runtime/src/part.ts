// The interface of a component that the lifecycle starts and stops. The constructor only wires dependencies; `start` begins work.

/** A component of a process, such as a role or a server. */
export interface Part {
  readonly name: string;
  start(): Promise<void>;
  /** Refuses new work and finishes or hands over current work. Resolves when `stop` would lose nothing. Optional. */
  drain?(): Promise<void>;
  /** Releases all resources. Safe to call after a failed start and more than once. */
  stop(): Promise<void>;
}
