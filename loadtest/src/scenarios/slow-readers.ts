// A tenth of the viewers stop reading. The server's memory for them must stay small and the others must be unaffected. Messages are
// large, so that the kernel's buffers of a stuck socket fill within seconds.
import type { Acceptance, Run, ScenarioReport } from '../report/report.ts';
import type { Stage } from '../stage.ts';
import { type Context, ledgerLines, onDanmux, onPeer, present, runOf, type Scenario } from './scenario.ts';

const share = 0.1;
const rates = { chat: 20, gift: 5 };
const bytes = 16_000;
const mib = 2 ** 20;

interface Found {
  readonly run: Run;
  readonly p99: number | undefined;
  readonly growth: number;
  readonly stuck: number;
}

async function load(stage: Stage, context: Context, viewers: number, stuckShare: number): Promise<Found> {
  await stage.open();
  await stage.publish({ ...rates, chat: context.rate ?? rates.chat });
  // Warm-up: the memory of both runs grows to its working size.
  await stage.watch(5, 'warming up');
  const rssBefore = stage.rss();
  const stuck = stuckShare > 0 ? await stage.pause(stuckShare) : 0;
  const from = stage.timeline.length;
  const window = await stage.watch(context.seconds ?? 30, stuck > 0 ? `${stuck} stuck` : 'everybody reads');
  const growth = Math.max(...stage.timeline.slice(from).map(({ rssBytes }) => rssBytes)) - rssBefore;
  const endedAsSlow = await stage.metric('danmux_disconnections_total', { reason: 'slow' });
  const settled = await stage.settle();
  const p99 = window.latencies['chat']?.p99;
  const figures = {
    'viewers that stopped reading': stuck,
    'chat p99 ms of the others': p99 ?? 'none',
    'MiB sent to each viewer that reads': (window.bytesPerDelivery * window.deliveriesPerSecond * window.seconds) / (viewers - stuck) / mib,
    'highest RSS growth, MiB': growth / mib,
    'disconnected as slow': endedAsSlow ?? '-',
  };
  const run = runOf(stage, { figures, windows: [{ label: stuck > 0 ? `${stuck} stuck` : 'everybody reads', window }], settled });
  return { run: { ...run, title: `${run.title}, ${stuck > 0 ? `${stuck} stuck` : 'everybody reads'}` }, p99, growth, stuck };
}

function judge(without: Found | undefined, slow: Found | undefined): Acceptance[] {
  if (!without || !slow) return [];
  const each = Math.max(0, slow.growth - without.growth) / Math.max(1, slow.stuck);
  const ratio = (slow.p99 ?? Number.POSITIVE_INFINITY) / (without.p99 ?? Number.NaN);
  const p99s = `${ratio.toFixed(2)}× (${slow.p99} ms against ${without.p99} ms)`;
  return [
    { what: 'memory per stuck viewer, beyond the run without any', bound: '≤ 1.1 MiB', measured: `${(each / mib).toFixed(2)} MiB`, passed: each <= 1.1 * mib },
    { what: 'p99 of the reading viewers, over that of the run without stuck viewers', bound: '≤ 1.2×', measured: p99s, passed: ratio <= 1.2 },
  ];
}

export const slowReaders: Scenario = {
  name: 'slow-readers',
  does: '10 % of 1,000 viewers stop reading, compared with a run in which all read',
  async run(context): Promise<ScenarioReport> {
    const viewers = context.viewers ?? 1_000;
    const choice = { viewers, chatBytes: bytes, deflate: context.deflate };
    const without = await onDanmux(context, { shedding: true }, choice, (stage) => load(stage, context, viewers, 0));
    const slow = await onDanmux(context, { shedding: true }, choice, (stage) => load(stage, context, viewers, share));
    const adapter = await onPeer(context, 'redis-adapter', choice, (stage) => load(stage, context, viewers, share));
    const runs = present([without, slow, adapter]).map(({ run }) => run);
    const options = { viewers, ...rates, chat_bytes: bytes };
    return { scenario: 'slow-readers', does: slowReaders.does, options, runs, acceptance: [...judge(without, slow), ...ledgerLines(runs)] };
  },
};
