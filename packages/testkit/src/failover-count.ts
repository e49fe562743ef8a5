// Measures message loss during a Redis fault. Gifts are published continuously; one viewer stays connected, another disconnects before
// the fault and rejoins with its positions afterwards. The result has, for each viewer, the lost gifts, the duplicate gifts, and whether
// danmux reported a loss to it.
import { eventually } from './eventually.ts';
import { backendOf, edgeUrls, testToken } from './fixtures.ts';
import type { ProcessCluster } from './process-cluster.ts';
import { readStream } from './stored-stream.ts';
import { TestViewer } from './test-viewer.ts';
import { Traffic } from './traffic.ts';

interface ViewerCount {
  readonly seen: number;
  /** Acknowledged ids that the viewer did not receive. */
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** True when the viewer was notified of a possible loss, by a `gap` or by `recovered: false` in a join reply. */
  readonly notified: boolean;
}

export interface FailoverCount {
  readonly acknowledged: number;
  /** Failed publish attempts. */
  readonly refused: number;
  /** Longest time without an accepted gift. */
  readonly longestPauseMs: number;
  /** Acknowledged ids missing in the history of the room. */
  readonly notStored: readonly string[];
  readonly stayed: ViewerCount;
  readonly returned: ViewerCount;
}

export interface CountOptions {
  readonly room: string;
  readonly giftsPerSecond?: number;
  /** Duration of the traffic before and after the fault, milliseconds. */
  readonly calmMs?: number;
}

/** Runs the measurement. `breakIt` causes the fault and resolves when it is over; publishing may still be failing then. */
export async function countFailover(cluster: ProcessCluster, options: CountOptions, breakIt: (traffic: Traffic) => Promise<void>): Promise<FailoverCount> {
  const { room, giftsPerSecond = 100, calmMs = 1_500 } = options;
  const backend = backendOf(cluster, 3_000);
  const viewer = { urls: edgeUrls(cluster), room, token: await testToken('watcher') };
  const [stays, returns] = [new TestViewer(viewer), new TestViewer(viewer, 1)];
  const traffic = new Traffic(backend, { room, chatPerSecond: 5, giftsPerSecond });
  try {
    await Promise.all([stays.joined(), returns.joined()]);
    traffic.start();
    await wait(calmMs);
    await mustHave([stays, returns], traffic.gifts.slice(-1));
    returns.away();
    await breakIt(traffic);
    await eventually(async () => mustFlow(traffic, traffic.gifts.length), { timeoutMs: 30_000 });
    await wait(calmMs);
    await returns.back();
    await traffic.stop();
    const { longestPauseMs, refusals, failures } = traffic;
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} gifts were never accepted: ${failures[0]}`);
    // Gifts are delivered in order. Once a viewer has this last gift, every earlier gift that it does not have is lost.
    await backend.push({ room, type: 'gift', data: {}, id: 'the-end' });
    await mustHave([stays, returns], ['the-end']);
    const stored = new Set((await readStream(backend, room, 'gift')).map(({ id }) => id));
    return {
      notStored: traffic.gifts.filter((id) => !stored.has(id)),
      acknowledged: traffic.gifts.length,
      refused: refusals.length,
      longestPauseMs,
      stayed: countOf(stays, traffic.gifts),
      returned: countOf(returns, traffic.gifts),
    };
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${cluster.output}`, { cause: error });
  } finally {
    for (const one of [stays, returns]) one.close();
    await traffic.stop();
  }
}

/** The result as one readable line. */
export function lineOf({ acknowledged, refused, longestPauseMs, notStored, stayed, returned }: FailoverCount): string {
  const of = ({ lost, doubled, notified }: ViewerCount) => `lost ${lost.length}, doubled ${doubled.length}${notified ? ', notified' : ''}`;
  return `${acknowledged} acknowledged, ${refused} refusals, ${longestPauseMs} ms without an accepted gift, ${notStored.length} not stored; stayed: ${of(stayed)}; returned: ${of(returned)}`;
}

/** Violations of the guarantees of the given `redis.ack`; empty when there are none. */
export function faultsOf(count: FailoverCount, ack: 'local' | 'replicated'): string[] {
  const faults: string[] = [];
  for (const [name, { lost, doubled, notified }] of Object.entries({ stayed: count.stayed, returned: count.returned })) {
    if (doubled.length > 0) faults.push(`viewer that ${name}: ${doubled.length} gifts received twice`);
    if (ack === 'replicated' && lost.length > 0) faults.push(`viewer that ${name}: ${lost.length} gifts lost`);
    if (lost.length > 0 && !notified) faults.push(`viewer that ${name}: ${lost.length} gifts lost without a notice`);
  }
  if (ack === 'replicated' && count.notStored.length > 0) faults.push(`${count.notStored.length} are not in history`);
  return faults;
}

async function mustFlow(traffic: Traffic, before: number): Promise<void> {
  await eventually(() => {
    if (traffic.gifts.length < before + 10) throw new Error('gifts are not accepted again');
  });
}

function mustHave(viewers: readonly TestViewer[], ids: readonly string[]): Promise<void> {
  return eventually(
    () => {
      for (const viewer of viewers) {
        const held = new Set(viewer.ids('gift'));
        if (!ids.every((id) => held.has(id))) throw new Error(`a viewer does not have ${ids}: ${viewer.errors.slice(-3)}`);
      }
    },
    { timeoutMs: 30_000 },
  );
}

function countOf(viewer: TestViewer, acknowledged: readonly string[]): ViewerCount {
  const held = viewer.ids('gift');
  const unique = new Set(held);
  return {
    seen: unique.size,
    lost: acknowledged.filter((id) => !unique.has(id)),
    doubled: [...new Set(held.filter((id, index) => held.indexOf(id) !== index))],
    notified: viewer.gaps.some(({ lane }) => lane === 'gift') || viewer.recovered.some((recovered) => recovered.gift === false),
  };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
