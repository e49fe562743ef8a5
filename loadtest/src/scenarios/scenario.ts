// The interface of a scenario, and the common steps: start a server, connect viewers, measure, stop.
import type { Cores } from '../process/core.ts';
import type { Acceptance, Run, ScenarioReport } from '../report/report.ts';
import { type DanmuxOptions, startDanmux } from '../servers/danmux.ts';
import { type PeerName, peers, startPeer } from '../servers/peer.ts';
import type { ServerUnderTest } from '../servers/server.ts';
import { type Settled, Stage, type StageOptions } from '../stage.ts';

export interface Context {
  readonly cores: Cores;
  /** Undefined: the default of the scenario. */
  readonly viewers: number | undefined;
  readonly seconds: number | undefined;
  readonly deflate: boolean;
  /** Chat messages/s; undefined: the scenario searches or has its own. */
  readonly rate: number | undefined;
  /** Names of the servers to run. */
  readonly wants: (server: string) => boolean;
  readonly progress: (line: string) => void;
}

export interface Scenario {
  readonly name: string;
  readonly does: string;
  run(context: Context): Promise<ScenarioReport>;
}

export type StageChoice = Omit<StageOptions, 'cores' | 'progress'>;

/** Starts danmux, runs `act` on a stage with it and stops it in any case. Resolves with undefined when danmux is not selected. */
export async function onDanmux<T>(
  context: Context,
  danmux: Omit<DanmuxOptions, 'core'>,
  choice: StageChoice,
  act: (stage: Stage) => Promise<T>,
): Promise<T | undefined> {
  if (!context.wants('danmux')) return undefined;
  return onServer(context, await startDanmux({ core: context.cores.server, ...danmux }), choice, act);
}

export async function onPeer<T>(context: Context, peer: PeerName, choice: StageChoice, act: (stage: Stage) => Promise<T>): Promise<T | undefined> {
  if (!context.wants(peer)) return undefined;
  return onServer(context, await startPeer(peer, context.cores.server), choice, act);
}

/** Runs `act` on a stage with the server, and stops the server at the end in any case. */
export async function onServer<T>(context: Context, server: ServerUnderTest, choice: StageChoice, act: (stage: Stage) => Promise<T>): Promise<T> {
  let stage: Stage | undefined;
  try {
    stage = await Stage.build(server, { cores: context.cores, progress: context.progress, ...choice });
    return await act(stage);
  } catch (error) {
    throw new Error(`${server.name}: ${(error as Error).message}\n${server.output()}`, { cause: error });
  } finally {
    await (stage ? stage.stop() : server.stop());
  }
}

function titleOf(server: string): string {
  return server === 'danmux' ? 'danmux' : peers[server as PeerName].label;
}

export function runOf(stage: Stage, found: Pick<Run, 'figures' | 'windows'> & { settled?: Settled }): Run {
  return { server: stage.server.name, title: titleOf(stage.server.name), timeline: stage.timeline, ...found, settled: found.settled };
}

/** Criterion of every danmux run: each accepted message was sequenced or counted as shed. */
export function ledgerLines(runs: readonly Run[]): Acceptance[] {
  return runs.flatMap(({ server, title, settled }) => {
    if (server !== 'danmux' || !settled?.ledger) return [];
    const { accepted, shed } = settled.ledger;
    const acceptedCount = Object.values(accepted).reduce((sum, count) => sum + count, 0);
    const dropped = Object.values(shed)
      .flatMap((reasons) => Object.values(reasons))
      .reduce((sum, count) => sum + count, 0);
    const measured = settled.unbalanced.length === 0 ? `${acceptedCount} accepted, ${dropped} of them shed` : settled.unbalanced.join('; ');
    return [{ what: `${title}: the drop ledger balances`, bound: 'accepted = sent + shed', measured, passed: settled.unbalanced.length === 0 }];
  });
}

/** Criterion: the sampled viewers got every message of these lanes once and in order. Chat may miss as many messages as `gap` events reported. */
export function wholeLine(run: Run | undefined, lanes: readonly string[]): Acceptance[] {
  if (!run?.settled) return [];
  const { verdict } = run.settled;
  const counts = lanes.map((lane) => ({ lane, gaps: verdict.gaps[lane] ?? 0, ...(verdict.lanes[lane] ?? { received: 0, missing: 0, outOfOrder: 0 }) }));
  const measured = counts.map(
    ({ lane, received, missing, outOfOrder, gaps }) =>
      `${lane}: ${received} received, ${missing} missing, ${gaps} reported by gap, ${outOfOrder} double or out of order`,
  );
  return [
    {
      what: `${run.title}: ${lanes.join(' and ')} complete and in order on ${verdict.viewers} sampled viewers`,
      bound: lanes.includes('chat') ? '0 double, 0 missing without a gap' : '0 missing, 0 double',
      measured: measured.join('; '),
      passed: counts.every(({ lane, received, missing, outOfOrder, gaps }) => received > 0 && missing === (lane === 'chat' ? gaps : 0) && outOfOrder === 0),
    },
  ];
}

export const present = <T>(all: readonly (T | undefined)[]): T[] => all.filter((one): one is T => one !== undefined);

export const rounded = (value: number) => Math.round(value).toLocaleString('en');
