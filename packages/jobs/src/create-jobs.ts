// Chooses the engine of jobs by the bus's: both keep one contract.
import type { Bus } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';
import { BullmqJobs } from './bullmq/jobs.ts';
import { MemoryJobs } from './memory/jobs.ts';
import type { Jobs } from './queue.ts';

/** One a process; not started yet. */
export function createJobs(runtime: Runtime, bus: Bus): Jobs {
  return bus.engine === 'redis' ? new BullmqJobs(runtime, bus) : new MemoryJobs(runtime);
}
