// The interface of a component that the lifecycle starts and stops. The constructor only wires dependencies; `start` begins work.

/** A component of a process, such as a role or a server. */
export interface Part {
  readonly name: string;
  start(): Promise<void>;
  /** Optional. Refuses new work, and finishes current work or hands it over. Resolves when a stop loses no work. */
  drain?(): Promise<void>;
  /** Releases all resources. Safe to call after a failed start and more than once. */
  stop(): Promise<void>;
}
