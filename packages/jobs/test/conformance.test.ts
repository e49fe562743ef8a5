// The contract of jobs, held against both engines.
import { type RedisServer, startRedis } from '@danmux/testkit/unit';
import { BullmqJobs } from '../src/bullmq/jobs.ts';
import { MemoryJobs } from '../src/memory/jobs.ts';
import { addingCases } from './adding-cases.ts';
import { endingCases } from './ending-cases.ts';
import { type Engine, runtimeFor } from './job-case-kit.ts';
import { keyCases } from './key-cases.ts';
import { localStore } from './local-store.ts';
import { runningCases } from './running-cases.ts';

let redis: RedisServer | undefined;
let round = 0;

const engines: readonly Engine[] = [
  {
    name: 'memory',
    open: async () => {},
    close: async () => {},
    prepare: (set) => ({ runtime: () => runtimeFor(set) }),
    jobs: (runtime) => new MemoryJobs(runtime),
  },
  {
    name: 'bullmq',
    open: async () => {
      redis = await startRedis();
    },
    close: async () => redis?.stop(),
    prepare: (set) => {
      const prefix = `case-${round++}`;
      return { runtime: () => runtimeFor({ 'redis.url': redis?.url, 'redis.prefix': prefix, ...set }) };
    },
    jobs: (runtime) => new BullmqJobs(runtime, localStore),
  },
];

for (const engine of engines) {
  for (const cases of [addingCases, runningCases, keyCases, endingCases]) cases(engine);
}
