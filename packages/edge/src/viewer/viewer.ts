// A viewer's identity and permissions, read from its token; a viewer without a token is a guest. Knows nothing about sockets.
import { DanmuxError, type From, type RoomMember, roomMatches, type Sanction, type TokenClaims } from '@danmux/protocol';
import { newId } from '@danmux/runtime';

export interface Viewer {
  readonly id: string;
  readonly guest: boolean;
  /** True: the viewer receives personal messages of its user. */
  readonly own: boolean;
  /** False: the viewer may watch but not send. */
  readonly sends: boolean;
  /** Room rules of the token; undefined allows every room. */
  readonly rooms: readonly string[] | undefined;
  /** Expiry of the token in milliseconds since 1970; undefined for guests. */
  readonly expiresAt: number | undefined;
  /** Sender fields shown to other viewers. */
  readonly from: From;
  readonly login: Login;
  /** The token's `watch_key` claim, which identifies the watch key that the token was made with. */
  readonly watchKey?: string;
}

/** Claims that, besides the user, must stay the same when a connection renews its token. */
type Login = Pick<TokenClaims, 'device' | 'session' | 'iss'>;
/** Shared by the viewers whose tokens have none of these claims. */
const noLogin: Login = Object.freeze({});

export function viewerOf(claims: TokenClaims): Viewer {
  const { sub, exp, name, avatar, level, roles, rooms, own = true, send = true } = claims;
  const from: From = {
    id: sub,
    ...(name === undefined ? {} : { name }),
    ...(avatar === undefined ? {} : { avatar }),
    ...(level === undefined ? {} : { level }),
    ...(roles === undefined ? {} : { roles }),
  };
  return {
    id: sub,
    guest: false,
    own,
    sends: send,
    rooms,
    expiresAt: Math.round(exp * 1_000),
    from,
    login: loginOf(claims),
    ...(claims.watch_key === undefined ? {} : { watchKey: claims.watch_key }),
  };
}

function loginOf({ device, session, iss }: TokenClaims): Login {
  if (device === undefined && session === undefined && iss === undefined) return noLogin;
  return { ...(device === undefined ? {} : { device }), ...(session === undefined ? {} : { session }), ...(iss === undefined ? {} : { iss }) };
}

export function guestViewer(): Viewer {
  const id = `guest:${newId()}`;
  return { id, guest: true, own: false, sends: false, rooms: undefined, expiresAt: undefined, from: { id }, login: noLogin };
}

/** Caps of the roles per viewer in a member list and of the characters per role; a token has no such limit. */
const rolesShown = 16;
const roleLength = 32;

/** The viewer's entry in a member list. */
export function memberOf({ from, guest }: Viewer): RoomMember {
  if (guest) return { ...from, guest: true };
  const roles = from['roles'];
  if (!Array.isArray(roles)) return from;
  return { ...from, roles: roles.slice(0, rolesShown).map((role) => String(role).slice(0, roleLength)) };
}

/** The error a banned user gets when it connects or joins. */
export function bannedError({ reason, until }: Sanction, now: number): DanmuxError {
  const why = reason === undefined ? '' : `: ${reason}`;
  if (until === undefined) return new DanmuxError('banned', { message: `You are banned${why}.` });
  return new DanmuxError('banned', { message: `You are banned until ${new Date(until).toISOString()}${why}.`, retryAfterMs: Math.max(1, until - now) });
}

export function mayEnter({ rooms }: Viewer, room: string): boolean {
  return rooms === undefined || roomMatches(room, rooms);
}

export function checkMayEnter(viewer: Viewer, room: string): void {
  if (!mayEnter(viewer, room)) throw new DanmuxError('room_forbidden');
}

/** Throws `token_mismatch`, naming the claim, unless the viewer of a new token is the same login as the connection's. */
export function checkSameLogin(current: Viewer, renewed: Viewer): void {
  const claim =
    current.guest || current.id !== renewed.id ? 'sub' : (['device', 'session', 'iss'] as const).find((each) => current.login[each] !== renewed.login[each]);
  if (claim !== undefined)
    throw new DanmuxError('token_mismatch', { message: `The new token has another ${claim} than the connection; connect again to change it.` });
}
