// Statistics of the last hour: rates between adjacent samples, gaps, and independence of the api process.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeSample } from '@danmux/cluster';
import { type ApiFixture, apiKey, gift, mustRefuse, path, startApi } from '@danmux/testkit/api-fixture';
import { ApiRole } from '../../src/index.ts';
import { onBothEngines } from '../both-engines.ts';

const lanes = { control: 0, gift: 0, chat: 0, ambient: 0 };
const ask = async (api: ApiFixture, query = '') => (await api.call('GET', `/v1/stats/history${query}`)).body;

onBothEngines({}, (api) => {
  test('each sample has the rates since the previous one, on every api', async () => {
    const { bus, jobs, runtime } = api();
    const start = runtime.clock.now() - 30_000;
    assert.deepEqual(await ask(api()), { every_ms: 10_000, samples: [] });
    await bus.presence.report('edge', new Map([['live:1', 3]]), 60_000);
    await takeSample(bus, start);
    await api().call('POST', path, gift);
    await api().call('POST', path, { type: 'chat', data: 1 });
    await takeSample(bus, start + 10_000);
    await api().sequence();
    await takeSample(bus, start + 20_000);
    const { samples } = await ask(api());
    const now = { online: 3, rooms: 1, connections: 0 };
    assert.deepEqual(
      samples.map(({ lag_ms: _, ...sample }: { lag_ms: number }) => sample),
      [
        { at: start, ...now, waiting: lanes, per_second: null },
        {
          ...{ at: start + 10_000, ...now, waiting: { ...lanes, gift: 1, chat: 1 } },
          per_second: { accepted: { ...lanes, gift: 0.1, chat: 0.1 }, sequenced: lanes, shed: lanes },
        },
        { at: start + 20_000, ...now, waiting: lanes, per_second: { accepted: lanes, sequenced: { ...lanes, gift: 0.1, chat: 0.1 }, shed: lanes } },
      ],
    );
    const other = new ApiRole(runtime, bus, jobs);
    await other.start();
    const answer = await fetch(`http://${other.address()}/v1/stats/history`, { headers: { authorization: `Bearer ${apiKey}` } });
    assert.deepEqual(((await answer.json()) as { samples: unknown }).samples, samples);
    await other.stop();
  });
});

test('no rate spans a gap or a counter reset; minutes limits the range', async (t) => {
  const now = 10_000_000;
  const fixture = await startApi(t, {}, { now: () => now });
  const { bus } = fixture;
  const shapes = async (query = '') =>
    (await ask(fixture, query)).samples.map(({ at, per_second }: { at: number; per_second: object | null }) => [(now - at) / 1_000, per_second !== null]);
  await fixture.call('POST', path, gift);
  for (const age of [3_700, 3_590, 100, 85, 69, 59]) await takeSample(bus, now - age * 1_000);
  const stored = JSON.stringify({ at: now - 50_000, online: 0, rooms: 0, connections: 0, lag_ms: null, accepted: lanes, sequenced: lanes, shed: lanes });
  await bus.logs.append('stats', [stored], 360);
  assert.deepEqual(await shapes(), [
    [3_590, false],
    [100, false],
    [85, true],
    [69, false],
    [59, true],
    [50, false],
  ]);
  assert.deepEqual(await shapes('?minutes=1'), [
    [59, true],
    [50, false],
  ]);
  for (const bad of ['0', '61', 'x', '']) mustRefuse(await fixture.call('GET', `/v1/stats/history?minutes=${bad}`), 'invalid_request');
});
