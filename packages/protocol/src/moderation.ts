// JSON shapes of moderation state in the store: modes of a room, sanctions against a user, word lists, and messages held for review.
// Field names are snake_case.
import type { From } from './publication.ts';

/** Modes of a room. An absent field imposes no limit. Roles in `moderation.exempt_roles` are exempt from every mode except `max_online`. */
export interface RoomModes {
  /** Minimum time between two messages of a user, in milliseconds. */
  readonly slow_ms?: number;
  /** Only users with a role of `moderation.member_roles` may send. */
  readonly members_only?: boolean;
  /** Only users of at least this level may send. */
  readonly min_level?: number;
  /** Nobody may send. */
  readonly mute_all?: boolean;
  /** A user may not send the same text twice within 30 seconds. */
  readonly unique?: boolean;
  /** Chat messages sent to viewers per second; overrides `relay.chat_per_second`. */
  readonly chat_per_second?: number;
  /** Messages one user may send per minute; overrides `edge.send_per_minute`. */
  readonly send_per_minute?: number;
  /** Maximum number of connections; further joins are refused. */
  readonly max_online?: number;
}

/** A mute, ban or kick of one user. */
export interface Sanction {
  readonly reason?: string;
  /** The person or system that decided, as named in the backend's request; when it names none, the id of the API key. */
  readonly by: string;
  /** Start of the sanction, milliseconds since 1970. */
  readonly at: number;
  /** End of the sanction, milliseconds since 1970; absent: until it is lifted. */
  readonly until?: number;
}

/** `block` refuses the message, `mask` replaces the word by asterisks, `hold` sends the message to review, `shadow` shows it only to its sender. */
export type WordAction = 'block' | 'mask' | 'hold' | 'shadow';

/** Words, and the action applied to a message that contains one of them. */
export interface WordList {
  readonly action: WordAction;
  readonly words: readonly string[];
  /** Exact names or `prefix*`; absent: every room. */
  readonly rooms?: readonly string[];
  /** True: Chinese words are also found written in pinyin. */
  readonly pinyin?: boolean;
}

/** A viewer's message that waits for a moderator. */
export interface HeldMessage {
  readonly id: string;
  readonly room: string;
  readonly type: string;
  readonly data: unknown;
  readonly from: From;
  /** When the message was held, milliseconds since 1970. */
  readonly at: number;
  /** What held the message: `words:` and the name of the word list, or `hook` with the message of the hook if it gave one. */
  readonly reason: string;
}
