// What a moderator's decision does to the viewers that are inside already: a ban or a kick takes them out, a mute they are told of.
// Whether somebody may enter or send is asked elsewhere, when they try.
import type { RuleChange } from '@danmux/policy';
import { DanmuxError, type Notice, type Sanction } from '@danmux/protocol';
import type { Session } from '../session/session.ts';
import { bannedError } from '../viewer/viewer.ts';

export interface EnforcementParts {
  /** Milliseconds since 1970. */
  now(): number;
  /** A user's sessions on this edge. */
  sessionsOf(user: string): readonly Session[];
  /** Takes a session out of a room it is in; a join of it that is under way is refused with `why`. */
  expel(session: Session, room: string, why: DanmuxError): void;
}

const lifted: Partial<Record<RuleChange['kind'], Notice>> = {
  mute: { code: 'unmuted', message: 'You may send again.' },
  ban: { code: 'unbanned', message: 'You may come back.' },
};

export class Enforcement {
  readonly #parts: EnforcementParts;

  constructor(parts: EnforcementParts) {
    this.#parts = parts;
  }

  changed({ room, kind, user, sanction }: RuleChange): void {
    // A later decision may end what is looped over.
    const sessions = [...this.#parts.sessionsOf(user)];
    const inside = room === null ? sessions : sessions.filter(({ rooms }) => rooms.has(room));
    const where = room === null ? {} : { room };
    if (!sanction) {
      const told = lifted[kind];
      // Who was banned is not inside.
      if (told) for (const session of kind === 'ban' ? sessions : inside) session.emit('notice', { ...told, ...where });
      return;
    }
    const notice = { ...noticeOf(kind, sanction), ...where };
    for (const session of inside) {
      session.emit('notice', notice);
      if (kind === 'mute') continue;
      if (room === null) session.disconnect(kind === 'ban' ? 'banned' : 'kicked');
      else
        this.#parts.expel(
          session,
          room,
          kind === 'ban' ? bannedError(sanction, this.#parts.now()) : new DanmuxError('not_joined', { message: notice.message }),
        );
    }
  }
}

export function noticeOf(kind: RuleChange['kind'], { reason, until }: Sanction): Notice {
  const texts = { mute: ['muted', 'You are muted'], ban: ['banned', 'You are banned'], kick: ['kicked', 'You were taken out'] } as const;
  const [code, text] = texts[kind];
  return { code, message: `${text}${reason === undefined ? '' : `: ${reason}`}.`, ...(until === undefined || kind === 'kick' ? {} : { until }) };
}
