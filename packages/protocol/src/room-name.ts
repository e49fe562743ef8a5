// The rules of a room's name: one place that both ends and every route ask.
import { DanmuxError } from './errors.ts';
import { limits } from './limits.ts';

export const roomNamePattern = `^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,${limits.roomName - 1}}$`;

/** What a viewer joins for the messages to its user alone. No room: nothing else has this name. */
export const ownRoom = '@me';

const roomName = new RegExp(roomNamePattern);

export function isRoomName(value: unknown): value is string {
  return typeof value === 'string' && roomName.test(value);
}

/** Returns the name; throws `invalid_room` when it is none. */
export function checkRoomName(value: unknown): string {
  if (isRoomName(value)) return value;
  throw new DanmuxError('invalid_room');
}

/** True when `room` is one of `rules`: exact names, or prefixes that end in `*`. */
export function roomMatches(room: string, rules: readonly string[]): boolean {
  return rules.some((rule) => (rule.endsWith('*') ? room.startsWith(rule.slice(0, -1)) : room === rule));
}
