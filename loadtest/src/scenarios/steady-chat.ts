// The highest chat rate of one room: chat of 150 bytes to every viewer, raised in steps until the core is saturated or p99 exceeds the
// limit.
import type { Acceptance, Run, ScenarioReport } from '../report/report.ts';
import { findSaturation, type Saturation } from '../saturation.ts';
import type { PeerName } from '../servers/peer.ts';
import type { Stage } from '../stage.ts';
import { type Context, ledgerLines, onDanmux, onPeer, present, rounded, runOf, type Scenario, wholeLine } from './scenario.ts';

const p99Limit = 400;
const peerNames: readonly PeerName[] = ['redis-adapter', 'sharded-adapter', 'streams-adapter', 'ws-alone'];

interface Found {
  readonly run: Run;
  readonly saturation: Saturation;
}

async function saturate(stage: Stage, context: Context, viewers: number, startRate: number): Promise<Found> {
  await stage.open();
  const rssConnected = stage.rss();
  const stepSeconds = context.seconds ?? 5;
  const saturation = await findSaturation(stage, { viewers, stepSeconds, p99Limit, ...ratesOf(context.rate ?? startRate, context.rate) });
  const settled = await stage.settle();
  const { most, sustained } = saturation;
  const figures = {
    'highest deliveries/s': most.deliveriesPerSecond,
    'messages/s offered in the same window': most.rate,
    'sustained deliveries/s': sustained?.deliveriesPerSecond ?? 0,
    'sustained p99 ms': sustained?.latencies['chat']?.p99 ?? 'none',
    'RSS bytes a connection, idle': (rssConnected - stage.rssBefore) / viewers,
  };
  const windows = saturation.steps.map((step) => ({ label: `${step.rate} messages/s: ${step.why}`, window: step }));
  return { run: runOf(stage, { figures, windows, settled }), saturation };
}

/** The search range of the rate. A rate given by `--rate` is the only step. */
const ratesOf = (startRate: number, fixed: number | undefined) => ({ startRate, maxRate: fixed ?? 60_000, narrow: fixed === undefined ? 2 : 0 });

function judge(viewers: number, danmux: Found | undefined, adapter: Found | undefined): Acceptance[] {
  if (!danmux) return [];
  const { most, sustained } = danmux.saturation;
  const lines: Acceptance[] = [];
  if (adapter) {
    const ratio = most.deliveriesPerSecond / adapter.saturation.most.deliveriesPerSecond;
    const passed = ratio >= 30;
    if (viewers <= 1_000)
      lines.push({ what: 'deliveries/s of danmux over socket.io + redis-adapter', bound: '≥ 30×', measured: `${ratio.toFixed(1)}×`, passed });
  }
  const measured = `${rounded(sustained?.deliveriesPerSecond ?? 0)}/s with p99 ${sustained?.latencies['chat']?.p99 ?? '?'} ms; at most ${rounded(most.deliveriesPerSecond)}/s`;
  const bound = viewers <= 1_000 ? 3_000_000 : 1_100_000;
  const reached = viewers <= 1_000 ? most.deliveriesPerSecond : (sustained?.deliveriesPerSecond ?? 0);
  const limit = viewers <= 1_000 ? '' : ` with p99 ≤ ${p99Limit} ms`;
  lines.push({ what: `deliveries/s at ${viewers} viewers`, bound: `≥ ${rounded(bound)}/s${limit}`, measured, passed: reached >= bound });
  return lines;
}

export const steadyChat: Scenario = {
  name: 'steady-chat',
  does: 'Chat of 150 bytes to one room, raised until the server core is full; shedding off',
  async run(context): Promise<ScenarioReport> {
    const viewers = context.viewers ?? 1_000;
    const choice = { viewers, deflate: context.deflate };
    // The search starts at 400,000 deliveries a second for danmux and 20,000 for each peer, well below what they reach.
    const danmux = await onDanmux(context, { shedding: false }, choice, (stage) => saturate(stage, context, viewers, 400_000 / viewers));
    const others: (Found | undefined)[] = [];
    for (const name of peerNames) others.push(await onPeer(context, name, choice, (stage) => saturate(stage, context, viewers, 20_000 / viewers)));
    const adapter = others.find((found) => found?.run.server === 'redis-adapter');
    const runs = present([danmux, ...others]).map(({ run }) => run);
    return {
      scenario: 'steady-chat',
      does: steadyChat.does,
      options: { viewers, deflate: context.deflate },
      runs,
      acceptance: [...judge(viewers, danmux, adapter), ...wholeLine(danmux?.run, ['chat']), ...ledgerLines(runs)],
    };
  },
};
