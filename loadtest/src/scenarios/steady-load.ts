// Scenarios with a steady load on several servers, as one table.

import type { Rates } from '../publisher/publisher.ts';
import type { Acceptance, Run, ScenarioReport } from '../report/report.ts';
import type { Stage } from '../stage.ts';
import { type Context, ledgerLines, onDanmux, onPeer, present, runOf, type Scenario, type StageChoice, wholeLine } from './scenario.ts';

interface SteadyLoad {
  readonly name: string;
  readonly does: string;
  readonly viewers: number;
  readonly rates: Rates;
  readonly stage: Omit<StageChoice, 'viewers'>;
  /** Lanes that must arrive completely. */
  readonly whole: readonly string[];
  judge(danmux: Run): Acceptance[];
}

async function run(stage: Stage, context: Context, { rates }: SteadyLoad): Promise<Run> {
  await stage.open();
  await stage.publish({ ...rates, ...(context.rate === undefined ? {} : { chat: context.rate }) });
  // Skip the first second, which includes the cost of the start.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const window = await stage.watch(context.seconds ?? 15, 'steady');
  const settled = await stage.settle();
  const lanes = Object.entries(window.latencies).map(([lane, { p99 }]): [string, number] => [`${lane} p99 ms`, p99]);
  const figures = { 'deliveries/s': window.deliveriesPerSecond, ...Object.fromEntries(lanes), 'CPU s a million deliveries': window.cpuSecondsPerMillion };
  return runOf(stage, { figures, windows: [{ label: 'steady', window }], settled });
}

function scenarioOf(load: SteadyLoad): Scenario {
  const { name, does } = load;
  return {
    name,
    does,
    async run(context): Promise<ScenarioReport> {
      const choice = { ...load.stage, viewers: context.viewers ?? load.viewers, deflate: context.deflate };
      const danmux = await onDanmux(context, { shedding: true }, choice, (stage) => run(stage, context, load));
      const adapter = await onPeer(context, 'redis-adapter', choice, (stage) => run(stage, context, load));
      const runs = present([danmux, adapter]);
      const acceptance = danmux ? [...load.judge(danmux), ...wholeLine(danmux, load.whole)] : [];
      return { scenario: name, does, options: { ...choice, ...load.rates }, runs, acceptance: [...acceptance, ...ledgerLines(runs)] };
    },
  };
}

function p99Line(run: Run, lane: string, limit: number): Acceptance {
  const p99 = run.windows[0]?.window.latencies[lane]?.p99;
  return { what: `${lane} p99`, bound: `≤ ${limit} ms`, measured: `${p99 ?? 'none'} ms`, passed: p99 !== undefined && p99 <= limit };
}

function lagLine({ windows }: Run, limit: number): Acceptance {
  const lag = windows[0]?.window.loopLagP99;
  return { what: 'event-loop lag p99', bound: `≤ ${limit} ms`, measured: `${lag?.toFixed(1) ?? 'unknown'} ms`, passed: lag !== undefined && lag <= limit };
}

export const ratedLoad = scenarioOf({
  name: 'rated-load',
  does: '5,000 viewers of one room with the whole budget: 20 chat/s, and 2 gifts/s',
  viewers: 5_000,
  rates: { chat: 20, gift: 2 },
  stage: {},
  whole: ['chat', 'gift'],
  judge: (danmux) => [lagLine(danmux, 30)],
});

export const giftStorm = scenarioOf({
  name: 'gift-storm',
  does: '200 gifts/s and 20 chat/s into one room of 1,000; shedding on, no gift may be lost',
  viewers: 1_000,
  rates: { chat: 20, gift: 200 },
  stage: {},
  whole: ['gift'],
  judge: () => [],
});

export const thousandRooms = scenarioOf({
  name: 'thousand-rooms',
  does: '1,000 rooms of 10 viewers with 2 messages/s each',
  viewers: 10_000,
  rates: { chat: 2_000, gift: 0 },
  stage: { rooms: 1_000, sampleEvery: 10 },
  whole: ['chat'],
  judge: (danmux) => [p99Line(danmux, 'chat', 150)],
});
