// Measures the memory per connected and joined viewer while no message is sent.
import type { Acceptance, Run, ScenarioReport } from '../report/report.ts';
import type { Stage } from '../stage.ts';
import { type Context, onDanmux, onPeer, present, rounded, runOf, type Scenario } from './scenario.ts';

const bound = 10 * 1_024;
/** A typical size of a room. */
const viewersPerRoom = 100;

async function connectAll(stage: Stage, context: Context, viewers: number): Promise<Run> {
  const opened = await stage.open();
  const window = await stage.watch(context.seconds ?? 15, 'idle');
  const figures = {
    'RSS bytes a connection': (stage.rss() - stage.rssBefore) / viewers,
    'RSS MiB before': stage.rssBefore / 2 ** 20,
    'RSS MiB with all connected': stage.rss() / 2 ** 20,
    'connections accepted/s': opened.joined / opened.seconds,
    'join p99 ms': opened.joinMs.percentiles('join')?.p99 ?? 'none',
  };
  return runOf(stage, { figures, windows: [{ label: 'idle', window }] });
}

function judge(danmux: Run | undefined, plain: Run | undefined): Acceptance[] {
  const each = danmux?.figures['RSS bytes a connection'];
  if (typeof each !== 'number') return [];
  const other = plain?.figures['RSS bytes a connection'];
  const measured = `${rounded(each)} bytes${typeof other === 'number' ? `; socket.io plain ${rounded(other)} bytes` : ''}`;
  return [{ what: 'RSS a connection', bound: `≤ ${rounded(bound)} bytes`, measured, passed: each <= bound }];
}

export const idleConnections: Scenario = {
  name: 'idle-connections',
  does: '15,000 viewers are connected and no message is sent',
  async run(context): Promise<ScenarioReport> {
    const viewers = context.viewers ?? 15_000;
    const choice = { viewers, rooms: Math.max(1, Math.round(viewers / viewersPerRoom)), deflate: context.deflate };
    const danmux = await onDanmux(context, { shedding: true }, choice, (stage) => connectAll(stage, context, viewers));
    const plain = await onPeer(context, 'socketio-plain', choice, (stage) => connectAll(stage, context, viewers));
    const bare = await onPeer(context, 'ws-alone', choice, (stage) => connectAll(stage, context, viewers));
    return {
      scenario: 'idle-connections',
      does: idleConnections.does,
      options: choice,
      runs: present([danmux, plain, bare]),
      acceptance: judge(danmux, plain),
    };
  },
};
