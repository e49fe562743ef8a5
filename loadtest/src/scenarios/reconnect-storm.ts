// Disconnects all viewers at once while gifts continue; they reconnect with their positions. Measures the time until all are back, and
// checks that none missed a gift.
import type { Run, ScenarioReport } from '../report/report.ts';
import type { Stage } from '../stage.ts';
import { type Context, ledgerLines, onDanmux, onPeer, present, runOf, type Scenario, wholeLine } from './scenario.ts';

const rates = { chat: 20, gift: 10 };
const reconnectsPerSecond = 4_000;
const longestS = 60;

async function storm(stage: Stage, context: Context, viewers: number): Promise<Run> {
  const seconds = context.seconds ?? 5;
  await stage.open();
  await stage.publish(rates);
  const before = await stage.watch(seconds, 'before');
  const cutAt = performance.now();
  await stage.cut();
  let back = false;
  const returning = comeBack(stage, viewers).finally(() => {
    back = true;
  });
  const during = await stage.watch(longestS, 'coming back', () => back);
  const { rounds, joinP99 } = await returning;
  const allBackS = (performance.now() - cutAt) / 1_000;
  const after = await stage.watch(seconds, 'after');
  const settled = await stage.settle();
  const figures = {
    'seconds until all were back (checked once a second)': allBackS,
    'reconnects/s': viewers / allBackS,
    'join p99 ms': joinP99 ?? 'none',
    'rounds of connection attempts': rounds,
    'gifts missing, on the sample': settled.verdict.lanes['gift']?.missing ?? 0,
    'gifts doubled or out of order, on the sample': settled.verdict.lanes['gift']?.outOfOrder ?? 0,
  };
  const windows = [
    { label: 'before', window: before },
    { label: 'coming back', window: during },
    { label: 'after', window: after },
  ];
  return runOf(stage, { figures, windows, settled });
}

/** Connects the viewers in rounds until all of them are connected at the same time. A refused viewer tries again a second after the round, like a client. */
export async function comeBack(stage: Pick<Stage, 'reopen'>, viewers: number, betweenMs = 1_000): Promise<{ rounds: number; joinP99: number | undefined }> {
  const end = performance.now() + longestS * 1_000;
  let joinP99: number | undefined;
  for (let rounds = 1; ; rounds++) {
    const opened = await stage.reopen({ recover: true, perSecond: reconnectsPerSecond, unanswered: viewers });
    joinP99 ??= opened.joinMs.percentiles('join')?.p99;
    if (opened.connected >= viewers) return { rounds, joinP99 };
    if (performance.now() > end) throw new Error(`${opened.connected} of ${viewers} viewers reconnected; ${JSON.stringify(opened.failed)}`);
    await new Promise((resolve) => setTimeout(resolve, betweenMs));
  }
}

export const reconnectStorm: Scenario = {
  name: 'reconnect-storm',
  does: '3,000 viewers are disconnected at once and reconnect with their positions, while chat and gifts continue',
  async run(context): Promise<ScenarioReport> {
    const viewers = context.viewers ?? 3_000;
    const choice = { viewers, deflate: context.deflate };
    const danmux = await onDanmux(context, { shedding: true }, choice, (stage) => storm(stage, context, viewers));
    const adapter = await onPeer(context, 'redis-adapter', choice, (stage) => storm(stage, context, viewers));
    const runs = present([danmux, adapter]);
    return {
      scenario: 'reconnect-storm',
      does: reconnectStorm.does,
      options: { viewers, ...rates },
      runs,
      acceptance: [...wholeLine(danmux, ['gift']), ...ledgerLines(runs)],
    };
  },
};
