// The rules for room names and room patterns, used by client and servers.
import { DanmuxError } from './errors.ts';
import { limits } from './limits.ts';

/** Regular expression of a valid room name, as text for JSON schemas. */
export const roomNamePattern = `^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,${limits.roomName - 1}}$`;

/** A room name, the beginning of room names followed by `*`, or `*` for every room. */
export const roomRulePattern = `^(?:[A-Za-z0-9][A-Za-z0-9_.:@-]{0,${limits.roomName - 1}}\\*?|\\*)$`;

/** The name under which a viewer joins to get the messages for its user. It is not a valid room name, so no room can have it. */
export const personalRoom = '@me';

const roomName = new RegExp(roomNamePattern);

/** True when `value` is a valid room name. */
export function isRoomName(value: unknown): value is string {
  return typeof value === 'string' && roomName.test(value);
}

/** Returns `value` when it is a valid room name, else throws `invalid_room`. */
export function checkRoomName(value: unknown): string {
  if (isRoomName(value)) return value;
  throw new DanmuxError('invalid_room');
}

/** True when `room` matches one of `rules`; a rule is an exact name or a prefix that ends in `*`. */
export function roomMatches(room: string, rules: readonly string[]): boolean {
  return rules.some((rule) => (rule.endsWith('*') ? room.startsWith(rule.slice(0, -1)) : room === rule));
}
