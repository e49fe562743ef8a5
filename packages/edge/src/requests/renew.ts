// Handles the viewer event `auth`: replaces the token of an open connection. The new token must be of the same user, device, session and
// issuer. The viewer is removed immediately from rooms that the new token does not allow. A refused token changes nothing.
import { personalRoom } from '@danmux/bus';
import type { Rules } from '@danmux/policy';
import { type AuthReply, type AuthRequest, DanmuxError, notices } from '@danmux/protocol';
import type { Clock, TokenVerifier } from '@danmux/runtime';
import type { Presence } from '../room/presence.ts';
import type { Rooms } from '../room/rooms.ts';
import type { Session } from '../session/session.ts';
import type { WatchKeys } from '../session/watch-keys.ts';
import { bannedError, checkSameLogin, mayEnter, viewerOf } from '../viewer/viewer.ts';
import type { Answer } from './handlers.ts';

export interface RenewParts {
  readonly tokens: Pick<TokenVerifier, 'verify'>;
  readonly keys: Pick<WatchKeys, 'admit'>;
  readonly rooms: Pick<Rooms, 'expel' | 'pending'>;
  readonly presence: Pick<Presence, 'renewed'>;
  readonly rules: Pick<Rules, 'everywhere'>;
}

export class Renew {
  readonly #clock: Clock;
  readonly #parts: RenewParts;
  /** Sessions with a pending renewal. Another renewal is refused, because the earlier one could finish later and restore the older token. */
  readonly #renewing = new WeakSet<Session>();

  constructor(clock: Clock, parts: RenewParts) {
    this.#clock = clock;
    this.#parts = parts;
  }

  async auth(session: Session, { token }: AuthRequest): Promise<Answer<AuthReply>> {
    if (this.#renewing.has(session)) throw new DanmuxError('rate_limited', { message: 'A renewal of the token is already pending.', retryAfterMs: 200 });
    this.#renewing.add(session);
    try {
      return { reply: await this.#renew(session, token) };
    } finally {
      this.#renewing.delete(session);
    }
  }

  async #renew(session: Session, token: string): Promise<AuthReply> {
    const claims = await this.#parts.tokens.verify(token);
    const viewer = viewerOf(claims);
    checkSameLogin(session.viewer, viewer);
    await this.#parts.keys.admit(viewer);
    const now = this.#clock.now();
    const ban = this.#parts.rules.everywhere('ban', viewer.id);
    if (ban) throw bannedError(ban, now);
    session.renew(viewer);
    this.#leaveForbidden(session);
    for (const room of session.rooms) this.#parts.presence.renewed(room, viewer);
    return { expires_at: Math.round(claims.exp * 1_000), now };
  }

  #leaveForbidden(session: Session): void {
    const { rooms } = this.#parts;
    const { viewer, joinedPersonal } = session;
    for (const room of new Set([...session.rooms, ...rooms.pending.of(session)])) {
      if (room === personalRoom || mayEnter(viewer, room)) continue;
      const inside = session.rooms.has(room);
      rooms.expel(session, room, new DanmuxError('room_forbidden'));
      if (inside) this.#notice(session, room);
    }
    if (viewer.own) return;
    session.leavePersonal();
    if (joinedPersonal) this.#notice(session, personalRoom);
  }

  #notice(session: Session, room: string): void {
    session.emit('notice', { code: 'room_forbidden', room, message: notices.room_forbidden.text });
  }
}
