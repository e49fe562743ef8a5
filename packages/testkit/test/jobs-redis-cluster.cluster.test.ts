// The contract of jobs on a real Redis Cluster: all keys of the queue are in one slot.

import { BullmqJobs } from '../../jobs/src/bullmq/jobs.ts';
import { addingCases } from '../../jobs/test/adding-cases.ts';
import { endingCases } from '../../jobs/test/ending-cases.ts';
import { type Engine, runtimeFor } from '../../jobs/test/job-case-kit.ts';
import { keyCases } from '../../jobs/test/key-cases.ts';
import { localStore } from '../../jobs/test/local-store.ts';
import { runningCases } from '../../jobs/test/running-cases.ts';
import { startRedisCluster } from '../src/index.ts';

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
