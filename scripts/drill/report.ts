// The result of a drill in numbers. A lost or doubled gift fails it; missing chat is only counted.
import type { StreamLane } from '@danmux/protocol';
import type { Audience, Traffic } from '@danmux/testkit';

/** A message is late when it arrives more than this many milliseconds after its acceptance. */
const lateMs = 1_000;

/** Times of a drill, in milliseconds on the monotonic clock. */
export interface DrillTimes {
  /** Start of the fault. */
  readonly broken: number;
  /** End of the fault. */
  readonly mended: number;
  /** End of the drill's traffic. */
  readonly ended: number;
}

/** Prints the numbers. Returns true when every viewer has each acknowledged gift once and in order, and no request failed for good. */
export async function report(audience: Audience, traffic: Traffic, times: DrillTimes): Promise<boolean> {
  const whole = await audience.mustHold('gift', traffic.gifts, 20_000).then(
    () => true,
    (error: Error) => {
      console.log(error.message);
      return false;
    },
  );
  // Give the last chat messages up to a second to arrive. Missing chat is no failure.
  await audience.mustHold('chat', traffic.chats, 1_000).catch(() => {});
  const delays = audience.viewers.flatMap((viewer) => viewer.delays).sort((a, b) => a - b);
  const rows: [string, string | number][] = [
    ['gifts acknowledged', traffic.gifts.length],
    ['gifts lost', missing(audience, 'gift', traffic.gifts)],
    ['gifts doubled', doubled(audience, 'gift')],
    ['chats accepted', traffic.chats.length],
    ['chats not delivered', missing(audience, 'chat', traffic.chats)],
    ['requests refused, then accepted', traffic.refusals.length],
    ['requests that failed', traffic.failures.length],
    ['viewers that reconnected', audience.disconnected],
    ['deliveries later than 1 s', delays.filter((delay) => delay > lateMs).length],
    ['latest delivery', `${delays.at(-1) ?? 0} ms after it was accepted`],
    ['longest pause of a viewer', `${longestPause(audience, times)} ms`],
    ['the fault took', `${Math.round(times.mended - times.broken)} ms`],
    ['all flowing again', `${Math.max(0, Math.round(lastLate(audience, times) - times.mended))} ms after the fault ended`],
  ];
  for (const [name, value] of rows) console.log(`${name.padEnd(34)}${value}`);
  return whole && traffic.failures.length === 0;
}

/** Sum over all viewers. */
function missing(audience: Audience, lane: StreamLane, ids: readonly string[]): number {
  return audience.viewers.reduce((sum, viewer) => {
    const held = new Set(viewer.ids(lane));
    return sum + ids.filter((id) => !held.has(id)).length;
  }, 0);
}

function doubled(audience: Audience, lane: StreamLane): number {
  return audience.viewers.reduce((sum, viewer) => sum + viewer.ids(lane).length - new Set(viewer.ids(lane)).size, 0);
}

/** The longest gap between two messages of one viewer since the fault began; the traffic into the room is steady. */
function longestPause(audience: Audience, { broken, ended }: DrillTimes): number {
  const pauses = audience.viewers.flatMap(({ arrivals }) => {
    const since = arrivals.filter((at) => at >= broken && at <= ended);
    return since.map((at, index) => at - (since[index - 1] ?? broken));
  });
  return Math.round(pauses.reduce((longest, one) => Math.max(longest, one), 0));
}

/** Arrival of the last message that was late or followed a long gap: recovery is complete then. */
function lastLate(audience: Audience, { broken, ended }: DrillTimes): number {
  let last = 0;
  for (const { arrivals, delays } of audience.viewers) {
    arrivals.forEach((at, index) => {
      const late = (delays[index] ?? 0) > lateMs || (at > broken && at <= ended && at - Math.max(broken, arrivals[index - 1] ?? broken) > lateMs);
      if (late) last = Math.max(last, at);
    });
  }
  return last;
}
