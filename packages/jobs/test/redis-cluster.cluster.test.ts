// The contract of jobs on a real Redis Cluster: all keys of the queue are in one slot.

import { startRedisCluster } from '@danmux/testkit';
import { BullmqJobs } from '../src/bullmq/jobs.ts';
import { addingCases } from './adding-cases.ts';
import { endingCases } from './ending-cases.ts';
import { type Engine, runtimeFor } from './job-case-kit.ts';
import { keyCases } from './key-cases.ts';
import { localStore } from './local-store.ts';
import { runningCases } from './running-cases.ts';

let group: Awaited<ReturnType<typeof startRedisCluster>> | undefined;
let round = 0;

const engine: Engine = {
  name: 'bullmq on a Redis Cluster',
  open: async () => {
    group = await startRedisCluster();
  },
  close: async () => group?.stop(),
  prepare: (set) => {
    const prefix = `case-${round++}`;
    return { runtime: () => runtimeFor({ 'redis.url': group?.url, 'redis.prefix': prefix, ...set }) };
  },
  jobs: (runtime) => new BullmqJobs(runtime, localStore),
};

for (const cases of [addingCases, runningCases, keyCases, endingCases]) cases(engine);
