// The interface of a drill and the scene it runs in.
import type { Config } from '@danmux/runtime';
import type { Audience, Backend, Traffic } from '@danmux/testkit';

/** The running cluster with the drill's own audience and traffic. */
export interface Scene {
  readonly audience: Audience;
  readonly traffic: Traffic;
  readonly backend: Backend;
  readonly room: string;
  readonly config: Config;
  /** A shell command that starts the process that a drill has ended. */
  readonly start: string | undefined;
}

export interface Drill {
  /** One line for the list: the effect on the cluster. */
  readonly does: string;
  run(scene: Scene): Promise<void>;
}
