// Creates the parts that track which viewers are in which room: presence, join and leave webhook events, and Rooms.
import type { Bus } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';
import { JoinLeaveEvents } from './join-leave-events.ts';
import { Presence, type PresenceParts } from './presence.ts';
import { Rooms, type RoomsParts } from './rooms.ts';

export interface RoomGroup {
  readonly presence: Presence;
  readonly joinLeaveEvents: JoinLeaveEvents;
  readonly rooms: Rooms;
}

export type RoomGroupParts = Pick<RoomsParts, 'hub' | 'feeds' | 'rules'> & Pick<PresenceParts, 'fanOut'>;

export function createRooms(runtime: Runtime, bus: Bus, { hub, feeds, rules, fanOut }: RoomGroupParts): RoomGroup {
  const presence = new Presence(runtime, bus, { hub, feeds, fanOut });
  const joinLeaveEvents = new JoinLeaveEvents(runtime, bus, presence);
  return { presence, joinLeaveEvents, rooms: new Rooms(runtime, { hub, feeds, rules, presence, joinLeaveEvents }) };
}
