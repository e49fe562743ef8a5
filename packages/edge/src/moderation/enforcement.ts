// Applies a moderator's decision to connected viewers: a ban or a kick removes them from the room, and every decision sends a notice.
// Rooms checks later joins and SendGuard later messages; this class checks neither.
import type { RuleChange } from '@danmux/policy';
import { DanmuxError, type Notice, type Sanction } from '@danmux/protocol';
import type { Clock } from '@danmux/runtime';
import type { Session } from '../session/session.ts';
import { bannedError } from '../viewer/viewer.ts';

export interface EnforcementParts {
  readonly sessions: {
    /** A user's sessions on this edge. */
    of(user: string): readonly Session[];
  };
  readonly rooms: {
    /** Removes a session from a room; its pending join is rejected with `why`. */
    expel(session: Session, room: string, why: DanmuxError): void;
  };
}

const lifted: Partial<Record<RuleChange['kind'], Notice>> = {
  mute: { code: 'unmuted', message: 'You may send again.' },
  ban: { code: 'unbanned', message: 'Your ban was lifted; you may join again.' },
};

export class Enforcement {
  readonly #clock: Clock;
  readonly #parts: EnforcementParts;

  constructor(clock: Clock, parts: EnforcementParts) {
    this.#clock = clock;
    this.#parts = parts;
  }

  apply({ room, kind, user, sanction }: RuleChange): void {
    // A copy, because disconnecting a session removes it from the list.
    const sessions = [...this.#parts.sessions.of(user)];
    const inside = room === null ? sessions : sessions.filter(({ rooms }) => rooms.has(room));
    const where = room === null ? {} : { room };
    if (!sanction) {
      const notice = lifted[kind];
      // A banned user is not in the room, so the notice of a lifted ban goes to all of the user's sessions.
      if (notice) for (const session of kind === 'ban' ? sessions : inside) session.emit('notice', { ...notice, ...where });
      return;
    }
    const notice = { ...noticeOf(kind, sanction), ...where };
    for (const session of inside) {
      session.emit('notice', notice);
      if (kind === 'mute') continue;
      if (room === null) session.disconnect(kind === 'ban' ? 'banned' : 'kicked');
      else
        this.#parts.rooms.expel(
          session,
          room,
          kind === 'ban' ? bannedError(sanction, this.#clock.now()) : new DanmuxError('not_joined', { message: notice.message }),
        );
    }
  }
}

export function noticeOf(kind: RuleChange['kind'], { reason, until }: Sanction): Notice {
  const texts = { mute: ['muted', 'You are muted'], ban: ['banned', 'You are banned'], kick: ['kicked', 'You were taken out'] } as const;
  const [code, text] = texts[kind];
  return { code, message: `${text}${reason === undefined ? '' : `: ${reason}`}.`, ...(until === undefined || kind === 'kick' ? {} : { until }) };
}
