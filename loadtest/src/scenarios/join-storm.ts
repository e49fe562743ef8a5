// Viewers join one room as fast as the server accepts them, while chat and gifts continue.
import type { Run, ScenarioReport } from '../report/report.ts';
import type { Stage } from '../stage.ts';
import { type Context, ledgerLines, onDanmux, onPeer, present, runOf, type Scenario } from './scenario.ts';

const rates = { chat: 20, gift: 5 };
/** Above the rate that any server here accepts. */
const joinsPerSecond = 4_000;

async function storm(stage: Stage, context: Context, viewers: number): Promise<Run> {
  await stage.publish(rates);
  let done = false;
  const opening = stage.reopen({ perSecond: joinsPerSecond, unanswered: viewers }).finally(() => {
    done = true;
  });
  const window = await stage.watch(120, 'joining', () => done);
  const opened = await opening;
  const after = await stage.watch(context.seconds ?? 5, 'after the storm');
  const settled = await stage.settle();
  const join = opened.joinMs.percentiles('join');
  const figures = {
    joined: opened.joined,
    'not joined': viewers - opened.joined,
    'joins/s': opened.joined / opened.seconds,
    'join p50 ms': join?.p50 ?? 'none',
    'join p99 ms': join?.p99 ?? 'none',
    'gift p99 ms while viewers join': window.latencies['gift']?.p99 ?? 'none',
    'why not':
      Object.entries(opened.failed)
        .map(([reason, count]) => `${count} × ${reason}`)
        .join(', ') || '-',
  };
  const windows = [
    { label: 'while they join', window },
    { label: 'after', window: after },
  ];
  return runOf(stage, { figures, windows, settled });
}

export const joinStorm: Scenario = {
  name: 'join-storm',
  does: '5,000 viewers join one room as fast as the server accepts them, while chat and gifts continue',
  async run(context): Promise<ScenarioReport> {
    const viewers = context.viewers ?? 5_000;
    const choice = { viewers, deflate: context.deflate, expectFirst: false };
    const danmux = await onDanmux(context, { shedding: true }, choice, (stage) => storm(stage, context, viewers));
    const adapter = await onPeer(context, 'redis-adapter', choice, (stage) => storm(stage, context, viewers));
    const runs = present([danmux, adapter]);
    return { scenario: 'join-storm', does: joinStorm.does, options: { viewers, ...rates }, runs, acceptance: ledgerLines(runs) };
  },
};
