// Formats the traffic of a room for replies of the admin API. A rate is 0 when the relay has not reported it recently.
import type { Bus, RoomTraffic } from '@danmux/bus';
import { byLane } from '@danmux/protocol';
import type { RoomReply } from '@danmux/protocol/schemas';

/** Age at which a report counts as no traffic. A relay reports a room with traffic every five seconds, so three reports are then missing. */
const freshForMs = 15_000;

export async function trafficOf({ traffic }: Pick<Bus, 'traffic'>, room: string, now: number): Promise<RoomReply['traffic'] | undefined> {
  const found = await traffic.find(room);
  return found ? { at: found.at, per_second: ratesOf(found, now), sequenced: found.sequenced, shed: found.shed } : undefined;
}

/** Messages per second by lane; undefined for a room without recent traffic. */
export async function ratesIn({ traffic }: Pick<Bus, 'traffic'>, room: string, now: number): Promise<Record<string, number> | undefined> {
  const found = await traffic.find(room);
  return found && now - found.at <= freshForMs ? { ...found.perSecond } : undefined;
}

function ratesOf({ at, perSecond }: RoomTraffic, now: number): Record<string, number> {
  return now - at <= freshForMs ? { ...perSecond } : byLane(() => 0);
}
