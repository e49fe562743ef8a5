// Compares danmux's writes of a shared frame with the upper bound of Node, a bare loop that writes one buffer to the same sockets.
// Danmux runs with one message per frame and no pacing, so that both make one write per viewer and message.
import type { Acceptance, Run, ScenarioReport } from '../report/report.ts';
import { findSaturation } from '../saturation.ts';
import type { Stage } from '../stage.ts';
import { type Context, ledgerLines, onDanmux, onPeer, present, rounded, runOf, type Scenario } from './scenario.ts';

const unpaced = ['relay.tick_ms=1', 'relay.max_tick_ms=1', 'relay.urgent_tick_ms=1', 'relay.frame_messages=1'];
/** Milliseconds. The limit is loose, because the highest write rate counts here and not the latency. */
const p99Limit = 1_000;

async function saturate(stage: Stage, context: Context, viewers: number): Promise<Run> {
  await stage.open();
  const startRate = context.rate ?? 40_000 / viewers;
  const options = {
    viewers,
    startRate,
    maxRate: context.rate ?? 1_000,
    stepSeconds: context.seconds ?? 5,
    p99Limit,
    narrow: context.rate === undefined ? 2 : 0,
  };
  const { steps } = await findSaturation(stage, options);
  const settled = await stage.settle();
  const [most] = [...steps].sort((a, b) => b.framesPerSecond - a.framesPerSecond);
  const figures = {
    'writes/s': most?.framesPerSecond ?? 0,
    // More than one message per write shows that the edge fell behind and merged frames. It then makes fewer writes than it could.
    'messages a write, in the same window': most?.messagesPerFrame ?? 0,
    'writes a CPU second, in the same window': most && most.serverCpu > 0 ? most.framesPerSecond / most.serverCpu : 0,
  };
  const windows = steps.map((step) => ({ label: `${step.rate} messages/s: ${step.why}`, window: step }));
  return runOf(stage, { figures, windows, settled });
}

function judge(danmux: Run | undefined, bare: Run | undefined): Acceptance[] {
  const [ours, bound] = [danmux?.figures['writes/s'], bare?.figures['writes/s']];
  if (typeof ours !== 'number' || typeof bound !== 'number') return [];
  const measured = `${Math.round((ours / bound) * 100)} % (${rounded(ours)} against ${rounded(bound)} writes/s)`;
  return [{ what: 'writes/s of the prepared-frame writer over a bare loop', bound: '≥ 90 %', measured, passed: ours / bound >= 0.9 }];
}

export const preparedWriter: Scenario = {
  name: 'prepared-writer',
  does: 'Writes/s with one message per frame, compared with a bare loop that writes one buffer to the same sockets',
  async run(context): Promise<ScenarioReport> {
    const viewers = context.viewers ?? 1_000;
    const danmux = await onDanmux(context, { shedding: false, set: unpaced }, { viewers }, (stage) => saturate(stage, context, viewers));
    const bare = await onPeer(context, 'bare-loop', { viewers }, (stage) => saturate(stage, context, viewers));
    const alone = await onPeer(context, 'ws-alone', { viewers }, (stage) => saturate(stage, context, viewers));
    const runs = present([danmux, bare, alone]);
    return { scenario: 'prepared-writer', does: preparedWriter.does, options: { viewers }, runs, acceptance: [...judge(danmux, bare), ...ledgerLines(runs)] };
  },
};
