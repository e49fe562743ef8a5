// What a drill did to the viewers, in numbers. Gifts may not be lost or doubled; chat that is missing is only counted.
import type { StreamLane } from '@danmux/protocol';
import type { Audience, Traffic } from '@danmux/testkit';

/** A message that took longer from acceptance to the viewer counts as late, milliseconds. */
const lateMs = 1_000;

/** On the monotonic clock. */
export interface DrillTimes {
  readonly broken: number;
  /** When the drill had done its part. */
  readonly mended: number;
  /** When the traffic ended; what came after came alone. */
  readonly ended: number;
}

/** Prints the numbers; true when nothing that was acknowledged is lost or doubled. */
export async function report(audience: Audience, traffic: Traffic, times: DrillTimes): Promise<boolean> {
  const whole = await audience.mustHold('gift', traffic.gifts, 20_000).then(
    () => true,
    (error: Error) => {
      console.log(error.message);
      return false;
    },
  );
  // What was sent last may still be on its way.
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

/** Summed over all viewers. */
function missing(audience: Audience, lane: StreamLane, ids: readonly string[]): number {
  return audience.viewers.reduce((sum, viewer) => {
    const held = new Set(viewer.ids(lane));
    return sum + ids.filter((id) => !held.has(id)).length;
  }, 0);
}

function doubled(audience: Audience, lane: StreamLane): number {
  return audience.viewers.reduce((sum, viewer) => sum + viewer.ids(lane).length - new Set(viewer.ids(lane)).size, 0);
}

/** Between two messages of one viewer since the fault began; traffic into the room is steady. */
function longestPause(audience: Audience, { broken, ended }: DrillTimes): number {
  const pauses = audience.viewers.flatMap(({ arrivals }) => {
    const since = arrivals.filter((at) => at >= broken && at <= ended);
    return since.map((at, index) => at - (since[index - 1] ?? broken));
  });
  return Math.round(pauses.reduce((longest, one) => Math.max(longest, one), 0));
}

/** When the last message that was late, or that came after a long pause, arrived: the trouble was over then. */
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
