// What a drill did to the viewers, in numbers. Gifts may not be lost or doubled; chat that is missing is only counted.
import type { StreamLane } from '@danmux/protocol';
import type { Audience, Traffic } from '../../packages/testkit/src/index.ts';

/** A message that took longer from acceptance to the viewer counts as late, milliseconds. */
const lateMs = 1_000;

/** Prints the numbers; true when nothing that was acknowledged is lost or doubled. */
export async function report(audience: Audience, traffic: Traffic, tookMs: number): Promise<boolean> {
  const whole = await audience.mustHold('gift', traffic.gifts, 20_000).then(
    () => true,
    (error: Error) => {
      console.log(error.message);
      return false;
    },
  );
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
    ['drill and watching took', `${(tookMs / 1_000).toFixed(1)} s`],
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
