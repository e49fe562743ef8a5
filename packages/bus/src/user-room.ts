// Where a message for a user travels: in one of a few rooms of their own, so that order, storage, recovery and the ledger are those
// of every message. Their names are none that a viewer may join; the messages carry `to`, and an edge gives each to that user alone.
import { personalRoom } from '@danmux/protocol';
import { shardOf } from './shard.ts';

/** How many there are. Each edge holds all of them; changing it loses what waits for users. */
const userRoomCount = 16;

/**
 * Messages of a lane that each of them keeps, whichever lane: many users share it, and each wants what is its own of the last minutes.
 * 2,600 messages a second to users of the whole cluster are two minutes of it; at 400 bytes each all of them are 128 MB a lane.
 */
export const userRoomHistory = 20_000;

/** What a viewer sees as the room of such messages, and may join to recover them by position. */
export { personalRoom };

export const userRooms: readonly string[] = Array.from({ length: userRoomCount }, (_, number) => `@${number}`);

/** `user` may be any text. */
export function userRoomOf(user: string): string {
  return `@${shardOf(encodeURIComponent(Buffer.from(user).toString()), userRoomCount)}`;
}

export function isUserRoom(room: string): boolean {
  return room.startsWith('@');
}
