// Three tables: reasons for closing a connection, codes of `notice`, and reasons of `gap`. Each row says how a client should react.
// docs/protocol.md is generated from the tables. This file contains data only; edges decide when a code is sent, and the client SDK emits some gaps
// itself.

/** How the edge closes a connection for one reason, and whether the client should reconnect. */
export interface Closing {
  /**
   * `disconnect`: the edge sends socket.io's DISCONNECT packet before closing, so a stock client does not reconnect.
   * `transport`: the connection ends as if the network had failed, so a stock client reconnects automatically.
   */
  readonly by: 'disconnect' | 'transport';
  /** True when a reconnect with the same token can succeed. */
  readonly reconnect: boolean;
  readonly text: string;
}

/** Each key is also a value of the label `reason` of `danmux_disconnections_total`. For all other closes the label has socket.io's reason. */
export const closings = {
  drain: { by: 'transport', reconnect: true, text: 'The edge is draining and sent `goaway` before. Connect to another edge.' },
  slow: {
    by: 'transport',
    reconnect: true,
    text: 'The viewer reads too slowly: its outbox exceeded `edge.outbox_bytes`. Reconnect and recover by positions.',
  },
  kicked: { by: 'disconnect', reconnect: true, text: 'A moderator closed the connections of the user. The user may reconnect immediately.' },
  banned: {
    by: 'disconnect',
    reconnect: false,
    text: 'The user is banned from all rooms. Reconnect after `until` of the notice; without `until`, do not reconnect.',
  },
  token_expired: { by: 'disconnect', reconnect: false, text: 'The token has been expired for longer than `viewer.token_leeway_s`. Connect with a new one.' },
  token_key_removed: { by: 'disconnect', reconnect: false, text: 'The watch key of the token was deleted or rotated, or has expired.' },
  disconnected: { by: 'disconnect', reconnect: true, text: 'The server was asked to close all connections of the user.' },
} as const satisfies Record<string, Closing>;

/** A reason of the table. With the type parameter, only the reasons for which the edge closes the connection in that way. */
export type ClosingReason<By extends Closing['by'] = Closing['by']> = {
  [R in keyof typeof closings]: (typeof closings)[R]['by'] extends By ? R : never;
}[keyof typeof closings];

/** The row of a reason, or undefined when `reason` is not in the table. */
export function closingOf(reason: string): Closing | undefined {
  return Object.hasOwn(closings, reason) ? closings[reason as ClosingReason] : undefined;
}

/** Effect and text of one notice code. */
export interface NoticeSpec {
  /** True when the notice ends the membership of `room` or, without `room`, the connection. */
  readonly ends: boolean;
  readonly text: string;
}

/** Codes of `notice`. An edge that refuses an event without an ack callback also sends a `notice`; its code is one of the errors table. */
export const notices = {
  muted: { ends: false, text: 'The user may watch but not send. The mute ends at the time `until`; if that is absent, it lasts until a moderator lifts it.' },
  unmuted: { ends: false, text: 'The mute was lifted. A mute that expires at its `until` sends no notice.' },
  banned: { ends: true, text: 'The user may not join until `until`; without `until`, until the ban is lifted.' },
  unbanned: { ends: false, text: 'The ban was lifted; join again. Only open connections of the user get this notice.' },
  kicked: { ends: true, text: 'The user was removed and may join again.' },
  room_forbidden: { ends: true, text: 'The new token of the connection does not allow this room.' },
  token_key_removed: {
    ends: true,
    text: 'The watch key of the token was deleted or rotated, or has expired; the edge closes the connection. Get a token with a valid key.',
  },
  token_expired: { ends: true, text: 'The token has expired; the edge closes the connection. Connect with a new token.' },
} as const satisfies Record<string, NoticeSpec>;

/** A code of `notice`. */
export type NoticeCode = keyof typeof notices;

/** Origin and text of one gap reason. */
export interface GapSpec {
  /** `edge`: the edge sends the event `gap`. `sdk`: the edge sends none, and the client SDK emits the gap to the page. */
  readonly by: 'edge' | 'sdk';
  readonly text: string;
}

/** Reasons of `gap`. */
export const gapReasons = {
  budget: { by: 'edge', text: 'The room received more chat per second than its limit; the relay shed messages by weight. Nothing to do.' },
  overload: { by: 'edge', text: 'The edge was overloaded and dropped the oldest chat and ambient frames. Nothing to do.' },
  slow: { by: 'edge', text: 'The viewer reads slowly; queued chat or ambient messages were dropped. Nothing to do.' },
  history_trimmed: {
    by: 'edge',
    text: 'Messages were lost on the way to the edge, and history no longer holds them. For `@me`, `count` is 0. Nothing to do.',
  },
  history_lost: {
    by: 'edge',
    text: 'The store was restored to an older state, and the lane continues in a new epoch. Set the position of the lane to `position`; without `position`, join again.',
  },
  not_recovered: { by: 'sdk', text: 'The join reply had `recovered: false` for this lane: the lane continues at the position in the reply.' },
  hidden: { by: 'sdk', text: 'The page was hidden; only the newest chat of that time is shown.' },
} as const satisfies Record<string, GapSpec>;

/** A reason of `gap`. */
export type GapReason = keyof typeof gapReasons;
