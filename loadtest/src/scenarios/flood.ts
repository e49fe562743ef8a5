// Ten gifts/s, first alone, then with chat at ten times the chat budget of a room. Shedding is on: chat is shed, gifts are not.
import type { Acceptance, Run, ScenarioReport } from '../report/report.ts';
import type { Stage } from '../stage.ts';
import type { Window } from '../window.ts';
import { type Context, ledgerLines, onDanmux, onPeer, present, runOf, type Scenario, wholeLine } from './scenario.ts';

const gifts = 10;
const floodChat = 200;

async function flood(stage: Stage, context: Context): Promise<Run> {
  const seconds = context.seconds ?? 15;
  await stage.open();
  await stage.publish({ chat: 0, gift: gifts });
  const unloaded = await stage.watch(seconds, 'gifts alone');
  await stage.publish({ chat: context.rate ?? floodChat, gift: gifts });
  const flooded = await stage.watch(seconds, 'under the flood');
  const arrived = flooded.byLanePerSecond['gift'] ?? 0;
  const settled = await stage.settle();
  const figures = {
    'gift p99 ms, alone': giftP99(unloaded),
    'gift p99 ms, under the flood': giftP99(flooded),
    'share of the sent gifts that arrived in the window': `${Math.round((arrived / (gifts * viewersOf(context))) * 100)} %`,
    'chat deliveries/s under the flood': flooded.byLanePerSecond['chat'] ?? 0,
    'gifts missing in the end, on the sample': settled.verdict.lanes['gift']?.missing ?? 0,
  };
  const windows = [
    { label: 'gifts alone', window: unloaded },
    { label: 'under the flood', window: flooded },
  ];
  return runOf(stage, { figures, windows, settled });
}

const viewersOf = (context: Context) => context.viewers ?? 1_000;
const giftP99 = (window: Window) => window.latencies['gift']?.p99 ?? 'none arrived';

function judge(run: Run | undefined): Acceptance[] {
  const [alone, flooded] = [run?.windows[0]?.window.latencies['gift']?.p99, run?.windows[1]?.window.latencies['gift']?.p99];
  if (!run) return [];
  const limit = Math.max(50, 2 * (alone ?? 0));
  const measured = `${flooded ?? 'none'} ms, alone ${alone ?? 'none'} ms`;
  return [{ what: 'gift p99 under the flood', bound: `≤ ${limit} ms`, measured, passed: flooded !== undefined && alone !== undefined && flooded <= limit }];
}

export const floodScenario: Scenario = {
  name: 'flood',
  does: `${gifts} gifts/s under chat at ten times the budget (${floodChat}/s); shedding on`,
  async run(context): Promise<ScenarioReport> {
    const choice = { viewers: viewersOf(context), deflate: context.deflate };
    const danmux = await onDanmux(context, { shedding: true }, choice, (stage) => flood(stage, context));
    const adapter = await onPeer(context, 'redis-adapter', choice, (stage) => flood(stage, context));
    const runs = present([danmux, adapter]);
    return {
      scenario: 'flood',
      does: floodScenario.does,
      options: { ...choice, chat_per_second: context.rate ?? floodChat, gifts_per_second: gifts },
      runs,
      acceptance: [...judge(danmux), ...wholeLine(danmux, ['gift']), ...ledgerLines(runs)],
    };
  },
};
