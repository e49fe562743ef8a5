// Who a viewer is, from its token; a guest is one without. Decides what it may enter and send, and nothing of transport.
import { DanmuxError, type From, type RoomMember, roomMatches, type Sanction, type TokenClaims } from '@danmux/protocol';
import { newId } from '@danmux/runtime';

export interface Viewer {
  readonly id: string;
  readonly guest: boolean;
  /** It gets the messages that are for its user alone. */
  readonly own: boolean;
  /** False: it may watch only. */
  readonly sends: boolean;
  /** Room rules of the token; undefined allows every room. */
  readonly rooms: readonly string[] | undefined;
  /** Milliseconds since 1970 at which the token ends; undefined for guests. */
  readonly expiresAt: number | undefined;
  /** What other viewers see of it. */
  readonly from: From;
}

export function viewerOf(claims: TokenClaims): Viewer {
  const { sub, exp, name, avatar, level, roles, rooms, own = true, send = true } = claims;
  const from: From = {
    id: sub,
    ...(name === undefined ? {} : { name }),
    ...(avatar === undefined ? {} : { avatar }),
    ...(level === undefined ? {} : { level }),
    ...(roles === undefined ? {} : { roles }),
  };
  return { id: sub, guest: false, own, sends: send, rooms, expiresAt: exp * 1_000, from };
}

export function guestViewer(): Viewer {
  const id = `guest:${newId()}`;
  return { id, guest: true, own: false, sends: false, rooms: undefined, expiresAt: undefined, from: { id } };
}

/** Roles a member list shows of one viewer, and characters of each; a token may carry any number. */
const rolesShown = 16;
const roleLength = 32;

/** The viewer in a list of members. */
export function memberOf({ from, guest }: Viewer): RoomMember {
  if (guest) return { ...from, guest: true };
  const roles = from['roles'];
  if (!Array.isArray(roles)) return from;
  return { ...from, roles: roles.slice(0, rolesShown).map((role) => String(role).slice(0, roleLength)) };
}

/** What a banned user is told at the door. */
export function bannedError({ reason, until }: Sanction, now: number): DanmuxError {
  const why = reason === undefined ? '' : `: ${reason}`;
  if (until === undefined) return new DanmuxError('banned', { message: `You are banned${why}.` });
  return new DanmuxError('banned', { message: `You are banned until ${new Date(until).toISOString()}${why}.`, retryAfterMs: Math.max(1, until - now) });
}

export function checkMayEnter(viewer: Viewer, room: string): void {
  if (viewer.rooms && !roomMatches(room, viewer.rooms)) throw new DanmuxError('room_forbidden');
}
