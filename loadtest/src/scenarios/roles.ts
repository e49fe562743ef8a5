// Measures the CPU per message of each role and of Redis: a cluster with one process per role under a steady load on many rooms. The
// capacity sheet uses the results.
import { usageOf } from '../process/usage.ts';
import type { Run, ScenarioReport } from '../report/report.ts';
import { type DanmuxRoles, startDanmuxRoles } from '../servers/danmux-roles.ts';
import { measureRedisCopies } from '../servers/redis-copies.ts';
import type { Stage } from '../stage.ts';
import { type Context, ledgerLines, onServer, present, runOf, type Scenario, wholeLine } from './scenario.ts';

const rooms = 200;
const defaultRate = 1_000;

async function measure(stage: Stage, server: DanmuxRoles, context: Context): Promise<Run> {
  await stage.open();
  const rate = context.rate ?? defaultRate;
  await stage.publish({ chat: rate, gift: 0 });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const before = cpuOf(server);
  const window = await stage.watch(context.seconds ?? 10, 'steady');
  const after = cpuOf(server);
  const settled = await stage.settle();
  const published = rate * window.seconds;
  const costs = Object.keys(before).map((role): [string, number] => [
    `${role} CPU s a million messages`,
    (((after[role] ?? 0) - (before[role] ?? 0)) / published) * 1e6,
  ]);
  const figures = { ...Object.fromEntries(costs), 'messages/s': rate, 'chat p99 ms': window.latencies['chat']?.p99 ?? 'none' };
  return runOf(stage, { figures, windows: [{ label: 'steady', window }], settled });
}

function cpuOf({ pidOf }: DanmuxRoles): Record<string, number> {
  return Object.fromEntries(Object.entries(pidOf).map(([role, pid]) => [role, usageOf([pid]).cpuSeconds]));
}

export const rolesScenario: Scenario = {
  name: 'roles',
  does: 'CPU per message of relay, api, edge and Redis: one process per role, 200 rooms of 5 viewers',
  async run(context): Promise<ScenarioReport> {
    const choice = { viewers: context.viewers ?? rooms * 5, rooms, sampleEvery: 5 };
    let run: Run | undefined;
    if (context.wants('danmux')) {
      const server = await startDanmuxRoles({ core: context.cores.server });
      const found = await onServer(context, server, choice, (stage) => measure(stage, server, context));
      const copies = await measureRedisCopies(context.cores.server);
      run = { ...found, figures: { ...found.figures, 'redis CPU s a million copies of a frame': copies } };
    }
    const runs = present([run]);
    return { scenario: 'roles', does: rolesScenario.does, options: choice, runs, acceptance: [...wholeLine(run, ['chat']), ...ledgerLines(runs)] };
  },
};
