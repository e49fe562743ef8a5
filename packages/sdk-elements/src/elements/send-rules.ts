// Predicts whether this viewer may send now, from room modes, notices and the answers so far. The server decides; the prediction saves the viewer a
// refusal and shows the reason.
import { type DanmuxError, errors, type Notice, type RoomModes } from '@danmux/protocol';
import type { ClientState } from '@danmux/sdk';
import type { TokenUser } from './token-user.ts';

/**
 * The reason why a message of the viewer cannot be delivered now. `closed`: the client has stopped. `out`: the viewer was kicked or banned.
 * `pace`: slow mode or a rate limit, until a known time. `offline`: the viewer can send, but the message is queued until the reconnect.
 */
export type Obstacle = 'guest' | 'offline' | 'closed' | 'out' | 'muted' | 'room_muted' | 'level' | 'pace';

export interface Verdict {
  readonly obstacle?: Obstacle;
  /** End of the obstacle, milliseconds since 1970; absent when unknown. */
  readonly until?: number;
  /** The level that the room requires, for the obstacle `level`. */
  readonly level?: number;
}

export class SendRules {
  /** Roles exempt from room modes; must equal the server's setting `moderation.exempt_roles`. */
  exemptRoles: readonly string[] = ['host', 'admin', 'moderator'];
  user: TokenUser | undefined;
  guest = false;
  modes: RoomModes = {};
  #muted: { until: number | undefined } | undefined;
  #out = false;
  #paceUntil = 0;

  notice({ code, until }: Notice): void {
    if (code === 'muted') this.#muted = { until };
    if (code === 'unmuted') this.#muted = undefined;
    if (code === 'kicked' || code === 'banned') this.#out = true;
    if (code === 'unbanned') this.#out = false;
  }

  /** Call after a join: the server has admitted the viewer, so the obstacle `out` has ended. */
  entered(): void {
    this.#out = false;
  }

  refused(error: DanmuxError, now: number): void {
    const until = error.retryAfterMs === undefined ? undefined : now + error.retryAfterMs;
    if (error.code === 'muted') this.#muted = { until };
    else if (error.code === 'banned') this.#out = true;
    else if (until !== undefined && errors[error.code].status === 429) this.#paceUntil = Math.max(this.#paceUntil, until);
  }

  sent(now: number): void {
    const { slow_ms } = this.modes;
    if (slow_ms && !this.#exempt) this.#paceUntil = Math.max(this.#paceUntil, now + slow_ms);
  }

  verdict(now: number, state: ClientState): Verdict {
    if (state === 'closed') return { obstacle: 'closed' };
    if (this.#out) return { obstacle: 'out' };
    if (this.guest) return { obstacle: 'guest' };
    if (this.#muted && now < (this.#muted.until ?? Number.POSITIVE_INFINITY)) return { obstacle: 'muted', ...until(this.#muted.until) };
    const modes = this.#exempt ? {} : this.modes;
    if (modes.mute_all) return { obstacle: 'room_muted' };
    if (this.user && this.user.level < (modes.min_level ?? 0)) return { obstacle: 'level', level: modes.min_level ?? 0 };
    if (now < this.#paceUntil) return { obstacle: 'pace', until: this.#paceUntil };
    return state === 'online' ? {} : { obstacle: 'offline' };
  }

  get #exempt(): boolean {
    return this.user?.roles.some((role) => this.exemptRoles.includes(role)) ?? false;
  }
}

const until = (at: number | undefined) => (at === undefined ? {} : { until: at });
