// The dependencies that every route handler receives.
import type { Bus } from '@danmux/bus';
import type { Publisher, TraceHops } from '@danmux/cluster';
import type { JobQueue } from '@danmux/jobs';
import type { Runtime } from '@danmux/runtime';
import type { EventWriter } from '@danmux/webhooks';

export interface Services {
  readonly runtime: Runtime;
  readonly bus: Bus;
  readonly jobs: JobQueue;
  readonly events: EventWriter;
  readonly hops: TraceHops;
  readonly publisher: Publisher;
}
