// What moderators decide, as both sides of the store see it: a room's modes, sanctions against a user, word lists, messages that
// are held for review. JSON shapes; snake_case.
import type { From } from './publication.ts';

/** How a room may be talked in. Absent fields do not limit. Roles of `moderation.exempt_roles` are exempt from all but `max_online`. */
export interface RoomModes {
  /** One message a user in so many milliseconds. */
  readonly slow_ms?: number;
  /** Only users with a role of `moderation.member_roles` may send. */
  readonly members_only?: boolean;
  /** Only users of at least this level may send. */
  readonly min_level?: number;
  /** Nobody may send. */
  readonly mute_all?: boolean;
  /** The same text of one user is not accepted twice within 30 s. */
  readonly unique?: boolean;
  /** Chat messages a second the viewers are sent, instead of relay.chat_per_second. */
  readonly chat_per_second?: number;
  /** Messages a minute one user may send, instead of edge.send_per_minute. */
  readonly send_per_minute?: number;
  /** Connections; a join past it is refused. */
  readonly max_online?: number;
}

/** A mute, ban or kick of one user. */
export interface Sanction {
  readonly reason?: string;
  /** Who decided it: a key's id, or what the backend says. */
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Until when it is in force; absent: until it is lifted. */
  readonly until?: number;
}

export type WordAction = 'block' | 'mask' | 'hold' | 'shadow';

/** Words and what is done with a message that holds one of them. */
export interface WordList {
  readonly action: WordAction;
  readonly words: readonly string[];
  /** Exact names or `prefix*`; absent: every room. */
  readonly rooms?: readonly string[];
}

/** A viewer's message that waits for a moderator. */
export interface HeldMessage {
  readonly id: string;
  readonly room: string;
  readonly type: string;
  readonly data: unknown;
  readonly from: From;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Which list or hook held it. */
  readonly reason: string;
}
