// The rounds in which the viewers of a reconnect storm come back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Latencies } from '../src/latency.ts';
import { comeBack } from '../src/scenarios/reconnect-storm.ts';

test('a viewer that joined and was lost again is not counted twice: the storm ends when all are connected', async () => {
  // In the second round the two missing viewers join, and one of the first round is lost.
  const rounds = [
    { joined: 8, connected: 8 },
    { joined: 2, connected: 9 },
    { joined: 1, connected: 10 },
  ];
  let round = 0;
  const stage = {
    reopen: async () => ({ ...(rounds[round++] ?? assert.fail('a round too many')), failed: {}, seconds: 1, deflate: 0, joinMs: new Latencies() }),
  };
  assert.equal((await comeBack(stage, 10, 1)).rounds, 3);
});
