// A room's traffic as the admin API shows it: rates that are no longer told have become 0.
import type { Bus, RoomTraffic } from '@danmux/bus';
import { laneNames } from '@danmux/protocol';
import type { RoomReply } from '@danmux/protocol/schemas';

/** Relays tell every five seconds of a room in which something is said. */
const toldWithinMs = 15_000;

export async function trafficOf({ traffic }: Pick<Bus, 'traffic'>, room: string, now: number): Promise<RoomReply['traffic'] | undefined> {
  const found = await traffic.find(room);
  return found ? { at: found.at, per_second: ratesOf(found, now), sequenced: found.sequenced, shed: found.shed } : undefined;
}

/** Absent of a room in which nothing is said. */
export async function ratesIn({ traffic }: Pick<Bus, 'traffic'>, room: string, now: number): Promise<Record<string, number> | undefined> {
  const found = await traffic.find(room);
  return found && now - found.at <= toldWithinMs ? { ...found.perSecond } : undefined;
}

function ratesOf({ at, perSecond }: RoomTraffic, now: number): Record<string, number> {
  return now - at <= toldWithinMs ? { ...perSecond } : Object.fromEntries(laneNames.map((lane) => [lane, 0]));
}
