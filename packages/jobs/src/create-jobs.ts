// Chooses the job engine that matches the engine of the bus.
import type { Bus } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';
import { BullmqJobs } from './bullmq/jobs.ts';
import { MemoryJobs } from './memory/jobs.ts';
import type { Jobs } from './queue.ts';

/** Creates the job queue of this process without starting it; call it once. */
export function createJobs(runtime: Runtime, bus: Bus): Jobs {
  return bus.engine === 'redis' ? new BullmqJobs(runtime, bus) : new MemoryJobs(runtime);
}
