// What the routes work with: the parts of the process they were given, and nothing of their own.
import type { Bus } from '@danmux/bus';
import type { Hops, JobQueue, RoomEvents } from '@danmux/cluster';
import type { Runtime } from '@danmux/runtime';

export interface Services {
  readonly runtime: Runtime;
  readonly bus: Bus;
  readonly jobs: JobQueue;
  readonly events: RoomEvents;
  readonly hops: Hops;
}
