// What a Sentinel group can lose and what `redis.ack: replicated` keeps, counted on one group by two clusters: one under each
// setting, with the same faults at the same time. `npm run drill:failover` does the same with more kinds of faults.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  type CountOptions,
  countFailover,
  type FailoverCount,
  faultsOf,
  lineOf,
  ProcessCluster,
  type SentinelGroup,
  startSentinelGroup,
  type Traffic,
} from '../src/index.ts';
import { serverAt } from './server-at.ts';

const roles = { edges: 1, relays: 1, apis: 1, workers: 0 };
let group: SentinelGroup;
let local: ProcessCluster;
let replicated: ProcessCluster;
before(async () => {
  group = await startSentinelGroup({ replicas: 2 });
  const redis = serverAt(group.url, group.master);
  [local, replicated] = await Promise.all([
    ProcessCluster.start({ ...roles, redis, env: { DANMUX_REDIS_PREFIX: 'local' } }),
    ProcessCluster.start({ ...roles, redis, env: { DANMUX_REDIS_PREFIX: 'replicated', DANMUX_REDIS_ACK: 'replicated' } }),
  ]);
});
after(async () => {
  await Promise.all([local?.stop(), replicated?.stop()]);
  await group?.stop();
});

/** The same fault under both settings, once. */
async function countBoth(options: CountOptions, breakIt: (traffic: Traffic) => Promise<void>): Promise<{ local: FailoverCount; replicated: FailoverCount }> {
  let fault: Promise<void> | undefined;
  const together = (traffic: Traffic) => {
    fault ??= breakIt(traffic);
    return fault;
  };
  const [one, other] = await Promise.all([countFailover(local, options, together), countFailover(replicated, options, together)]);
  return { local: one, replicated: other };
}

test('a planned failover, and the master killed: under replicated nothing is lost, under local what is lost is told', { timeout: 120_000 }, async (t) => {
  const planned = await countBoth({ room: 'live:planned' }, async () => void (await group.failover()));
  const killed = await countBoth({ room: 'live:killed' }, async () => {
    await group.inStep();
    await (await group.currentMaster()).kill();
  });
  for (const [fault, counts] of Object.entries({ planned, killed })) {
    for (const ack of ['local', 'replicated'] as const) {
      const count = counts[ack];
      t.diagnostic(`${fault}, ${ack}: ${lineOf(count)}`);
      // One of two replicas confirms, and a planned failover may promote the other one a moment behind it: docs/redis.md names the case. What
      // that costs is a gift or two, told; a replica that goes on confirming to the old master would cost dozens.
      const raced = fault === 'planned' && ack === 'replicated' && count.notStored.length <= 2;
      assert.deepEqual(faultsOf(count, raced ? 'local' : ack), [], `${fault}, ${ack}: ${lineOf(count)}`);
      assert.ok(count.longestPauseMs <= 8_000, `${fault}, ${ack}: ${count.longestPauseMs} ms without an accepted gift`);
    }
  }
});
