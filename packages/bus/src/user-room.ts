// Personal messages travel in internal user rooms (`@0` … `@15`), each shared by many users, so that order, storage, recovery and the ledger
// work as for room messages. Viewers cannot join these names; a message carries `to`, and edges deliver it only to that user.
import { personalRoom } from '@danmux/protocol';
import { shardOf } from './shard.ts';

/** Number of user rooms. Every edge subscribes to all of them. A change of this number loses the personal messages that are still stored. */
const userRoomCount = 16;

/**
 * History size of a user room, messages per lane. Large because many users share the room and each recovers only its own messages: at 2,600
 * personal messages a second in the whole cluster, the history covers two minutes. At 400 bytes each, all user rooms take 128 MB a lane.
 */
export const userRoomHistory = 20_000;

/** Room name that viewers see on personal messages, and join to recover them by position. */
export { personalRoom };

/** The names of the user rooms. Each room carries the personal messages of a fraction of the users. */
export const userRooms: readonly string[] = Array.from({ length: userRoomCount }, (_, number) => `@${number}`);

/** The user room of a user; `user` may be any text. */
export function userRoomOf(user: string): string {
  return `@${shardOf(encodeURIComponent(Buffer.from(user).toString()), userRoomCount)}`;
}

/** True for a user room. Viewers and backends cannot use such a name, because a room name begins with a letter or digit. */
export function isUserRoom(room: string): boolean {
  return room.startsWith('@');
}
