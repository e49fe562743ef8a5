// What every scenario does: viewers in a room, traffic into it, something broken meanwhile; then every viewer must hold every
// acknowledged gift once and in order, and the ledger must balance.

import { Audience } from './audience.ts';
import { eventually } from './eventually.ts';
import { backendOf, edgeUrls, testToken } from './fixtures.ts';
import type { ProcessCluster } from './process-cluster.ts';
import { streamMustHold } from './stored-stream.ts';
import { Traffic, type TrafficOptions } from './traffic.ts';

export interface ScenarioOptions extends Partial<TrafficOptions> {
  readonly viewers?: number;
  /** Chat may be lost in this scenario; what is missing must be told or counted. */
  readonly chatMayBeLost?: boolean;
}

export interface ScenarioResult {
  readonly traffic: Traffic;
  readonly audience: Audience;
  /** Milliseconds from the end of `breakIt` until every viewer held every gift. */
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
    // Chat may be more than is kept of it: what is kept has no holes in any case.
    await streamMustHold(backend, room, 'gift', traffic.gifts);
    await streamMustHold(backend, room, 'chat', []);
  } catch (error) {
    // Who fails must not hang: what still runs would keep the test's process alive.
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

/** Waits until what was accepted is what was sent and what was shed, per lane; throws with the numbers when it stays apart. */
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
