// What a drill is, and what it is given.
import type { Config } from '@danmux/runtime';
import type { Audience, Backend, Traffic } from '@danmux/testkit';

export interface Scene {
  readonly audience: Audience;
  readonly traffic: Traffic;
  readonly backend: Backend;
  readonly room: string;
  readonly config: Config;
  /** The command that starts again what a drill ended. */
  readonly start: string | undefined;
}

export interface Drill {
  /** One line: what it does to the cluster. */
  readonly does: string;
  run(scene: Scene): Promise<void>;
}
