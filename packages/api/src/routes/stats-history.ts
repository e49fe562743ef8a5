// Statistics of the last hour: the samples that workers store, with the counters converted to rates.
import { readSamples, type StatsSample, sampleEveryMs } from '@danmux/cluster';
import { byLane, laneNames } from '@danmux/protocol';
import { type StatsHistoryReply, statsHistoryExample, statsHistoryQuery, statsHistoryReply } from '@danmux/protocol/schemas';
import type { TypedApp } from '../http/validation.ts';
import type { Services } from '../services.ts';
import { documented, success } from './documented.ts';

/** Maximum interval between two samples for computing a rate, in milliseconds. A longer interval means that a sample is missing. */
const maxIntervalMs = 1.5 * sampleEveryMs;

const schema = {
  summary: 'Get the statistics of the last hour',
  description:
    'A worker stores a sample every ten seconds; the store keeps the last 360 (about 150 KB), and each request reads them all. To take a sample the worker reads one hash per shard. ' +
    'No sample is taken while no worker runs or the store is away: the timestamps then show a gap.',
  tags: ['stats'],
  querystring: statsHistoryQuery,
  response: { 200: success(statsHistoryReply, 'The stored samples, oldest first', statsHistoryExample), ...documented(['invalid_request', 'unavailable']) },
};

type Row = StatsHistoryReply['samples'][number];

export function addStatsHistoryRoute(app: TypedApp, { bus, runtime }: Pick<Services, 'bus' | 'runtime'>): void {
  app.get('/v1/stats/history', { schema, config: { scope: 'read' } }, async (request): Promise<StatsHistoryReply> => {
    const after = runtime.clock.now() - (request.query.minutes ?? 60) * 60_000;
    const all = await readSamples(bus);
    const rows = all.map((sample, index) => rowOf(sample, all[index - 1]));
    return { every_ms: sampleEveryMs, samples: rows.filter(({ at }) => at > after) };
  });
}

function rowOf(sample: StatsSample, before: StatsSample | undefined): Row {
  const { at, online, rooms, connections, lag_ms, accepted, sequenced, shed } = sample;
  const waiting = byLane((lane) => Math.max(0, accepted[lane] - sequenced[lane] - shed[lane]));
  return { at, online, rooms, connections, lag_ms, waiting, per_second: ratesOf(sample, before) };
}

function ratesOf(sample: StatsSample, before: StatsSample | undefined): Row['per_second'] {
  const passed = before ? sample.at - before.at : 0;
  if (!before || passed <= 0 || passed > maxIntervalMs) return null;
  // A counter below its previous value was reset to 0, so there is no rate.
  if (laneNames.some((lane) => sample.accepted[lane] < before.accepted[lane] || sample.sequenced[lane] < before.sequenced[lane])) return null;
  const rates = (of: 'accepted' | 'sequenced' | 'shed') => byLane((lane) => Math.round(((sample[of][lane] - before[of][lane]) / passed) * 10_000) / 10);
  return { accepted: rates('accepted'), sequenced: rates('sequenced'), shed: rates('shed') };
}
