// Runs a fault scenario: viewers join a room, traffic is published, and a fault is injected. Afterwards every viewer must have every
// acknowledged gift exactly once and in order.

import { Audience } from './audience.ts';
import { eventually } from './eventually.ts';
import { backendOf, edgeUrls, testToken } from './fixtures.ts';
import type { ProcessCluster } from './process-cluster.ts';
import { streamMustHold } from './stored-stream.ts';
import { Traffic, type TrafficOptions } from './traffic.ts';

export interface ScenarioOptions extends Partial<TrafficOptions> {
  readonly viewers?: number;
  /** True when the fault may lose chat messages; the scenario then does not check which of them viewers received. */
  readonly chatMayBeLost?: boolean;
}

export interface ScenarioResult {
  readonly traffic: Traffic;
  readonly audience: Audience;
  /** Milliseconds from the end of `breakIt` until all checks had passed: every viewer has its messages, and history is complete. */
  readonly recoveredMs: number;
}

export async function runScenario(
  cluster: ProcessCluster,
  options: ScenarioOptions,
  breakIt: (scene: { audience: Audience; traffic: Traffic }) => Promise<void>,
): Promise<ScenarioResult> {
  const { viewers = 50, room = 'live:scene', chatPerSecond = 20, giftsPerSecond = 10 } = options;
  const audience = await Audience.join({ size: viewers, urls: edgeUrls(cluster), room, token: await testToken('watcher') });
  const traffic = new Traffic(backendOf(cluster), { room, chatPerSecond, giftsPerSecond });
  traffic.start();
  let mended: number;
  try {
    await breakIt({ audience, traffic });
    mended = performance.now();
    await traffic.stop();
    await mustBeWhole(traffic, audience, options);
    const backend = backendOf(cluster);
    // History keeps only the latest chat, so only check that the stored part has no gaps.
    await streamMustHold(backend, room, 'gift', traffic.gifts);
    await streamMustHold(backend, room, 'chat', []);
  } catch (error) {
    // Open viewers and timers would keep the process of a failed test alive.
    audience.close();
    await traffic.stop();
    throw new Error(`${(error as Error).message}\n${cluster.output}`, { cause: error });
  }
  return { traffic, audience, recoveredMs: Math.round(performance.now() - mended) };
}

async function mustBeWhole(traffic: Traffic, audience: Audience, options: ScenarioOptions): Promise<void> {
  if (traffic.failures.length > 0) throw new AggregateError(traffic.failures, `${traffic.failures.length} pushes failed for good: ${traffic.failures[0]}`);
  await audience.mustHold('gift', traffic.gifts, 30_000);
  if (!options.chatMayBeLost) await audience.mustHold('chat', traffic.chats);
}

interface Ledger {
  readonly accepted: Record<string, number>;
  readonly sequenced: Record<string, number>;
  readonly shed: Record<string, Record<string, number>>;
}

/** Waits until accepted = sequenced + shed in every lane; throws with the numbers on timeout. */
export async function ledgerMustBalance(cluster: ProcessCluster): Promise<Ledger> {
  return eventually(async () => {
    const ledger = (await backendOf(cluster).get('/v1/stats')).body as Ledger;
    for (const lane of Object.keys(ledger.accepted)) {
      const shed = Object.values(ledger.shed[lane] ?? {}).reduce((sum, count) => sum + count, 0);
      const known = (ledger.sequenced[lane] ?? 0) + shed;
      if (ledger.accepted[lane] !== known) throw new Error(`${lane}: ${ledger.accepted[lane]} accepted, ${ledger.sequenced[lane]} sequenced, ${shed} shed`);
    }
    return ledger;
  });
}
