// Samples of the cluster's numbers: what is in one, and how many are kept. The store of either engine does the keeping.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { acceptPublication, createBus } from '@danmux/bus';
import { testConfig, testRuntime } from '@danmux/testkit/unit';
import { readSamples, samplesKept, takeSample } from '../src/stats-history.ts';

const lanes = { control: 0, gift: 0, chat: 0, ambient: 0 };

function open() {
  const config = testConfig();
  return { config, bus: createBus(testRuntime({ after }, {}, { role: 'worker', version: '1' })) };
}

test('a sample sums what all edges and shards say, and the worst lag', async () => {
  const { bus, config } = open();
  const member = { role: 'edge', address: '', version: '1', load: 0 };
  await bus.members.announce({ ...member, id: 'a', numbers: { connections: 5, lag_ms: 3.5 } }, 60_000);
  await bus.members.announce({ ...member, id: 'b', numbers: { connections: 2, lag_ms: 1 } }, 60_000);
  await bus.members.announce({ ...member, id: 'old' }, 60_000);
  await bus.presence.report('a', new Map([['live:1', 4]]), 60_000);
  const { types } = config.messages;
  await bus.ingress.publish([acceptPublication({ room: 'live:1', type: 'gift', data: 1 }, { types, maxData: 10, now: 1 })]);
  const sample = await takeSample(bus, 10_000);
  assert.deepEqual(sample, {
    ...{ at: 10_000, online: 4, rooms: 1, connections: 7, lag_ms: 3.5 },
    ...{ accepted: { ...lanes, gift: 1 }, sequenced: lanes, shed: lanes },
  });
  assert.deepEqual(await readSamples(bus), [sample]);
});

test('without members there is no lag; the newest samples are kept, oldest first', async () => {
  const { bus } = open();
  assert.deepEqual(await readSamples(bus), []);
  assert.equal((await takeSample(bus, 0)).lag_ms, null);
  for (let at = 1; at <= samplesKept; at++) await takeSample(bus, at);
  const kept = (await readSamples(bus)).map(({ at }) => at);
  assert.deepEqual([kept.length, kept[0], kept.at(-1)], [samplesKept, 1, samplesKept]);
});
