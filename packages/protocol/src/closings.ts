// Why a connection ends, what a notice tells a viewer, and why a viewer was not sent a message: one table each, with what a client
// does then. Edges write these codes and clients act on them; docs/protocol.md is made from them. Nothing is decided here.

export interface Closing {
  /**
   * `disconnect`: socket.io's packet for the end of a namespace comes first, after which a stock client stays away.
   * `transport`: the WebSocket closes without it, after which a stock client connects again by itself.
   */
  readonly by: 'disconnect' | 'transport';
  /** True when connecting again with the same token helps. */
  readonly reconnect: boolean;
  readonly text: string;
}

/** By the label `reason` of `danmux_disconnections_total`; socket.io's own reasons stand there for every other end. */
export const closings = {
  drain: { by: 'transport', reconnect: true, text: 'The edge is being drained; `goaway` came first. Connect to another edge.' },
  slow: {
    by: 'transport',
    reconnect: true,
    text: 'The viewer reads too slowly: more waits for it than the edge keeps (`edge.outbox_bytes`). Connect again and recover by positions.',
  },
  kicked: { by: 'disconnect', reconnect: true, text: 'A moderator closed the connections of the user, who may come back at once.' },
  banned: { by: 'disconnect', reconnect: false, text: 'The user is banned everywhere. Come back after `until` of the notice; without `until`, do not.' },
  token_expired: { by: 'disconnect', reconnect: false, text: 'The token expired ten seconds ago. Connect with a new one.' },
  disconnected: { by: 'disconnect', reconnect: true, text: 'An edge was asked to close the connections of the user.' },
} as const satisfies Record<string, Closing>;

export type ClosingReason = keyof typeof closings;

export interface NoticeSpec {
  /** What it ends: the membership of `room` or, without `room`, the connection. */
  readonly ends: boolean;
  readonly text: string;
}

/** Codes of `notice`. An event that is refused and has no ack is answered by a `notice` with a code of the errors table. */
export const notices = {
  muted: { ends: false, text: 'The user may watch and not send, until `until`; without it, until the mute is lifted.' },
  unmuted: { ends: false, text: 'The mute was lifted. A mute that ends at its `until` is not told.' },
  banned: { ends: true, text: 'The user may not come in until `until`; without it, until the ban is lifted.' },
  unbanned: { ends: false, text: 'The ban was lifted; join again. Only connections of the user that still stand are told.' },
  kicked: { ends: true, text: 'The user was put out and may come back.' },
  token_expired: { ends: true, text: 'The token has expired; the connection is closed. Connect with a new token.' },
} as const satisfies Record<string, NoticeSpec>;

export type NoticeCode = keyof typeof notices;

export interface GapSpec {
  /** Whether an edge tells it or the SDK finds it out by itself. */
  readonly by: 'edge' | 'sdk';
  readonly text: string;
}

/** Reasons of `gap`. */
export const gapReasons = {
  budget: { by: 'edge', text: 'More chat was sent than the room shows a second; the rest was shed by weight. Nothing to do.' },
  overload: { by: 'edge', text: 'The edge was behind and dropped the oldest frames of chat and ambient messages. Nothing to do.' },
  slow: { by: 'edge', text: 'This viewer reads slowly, and chat or ambient messages that waited for it were dropped. Nothing to do.' },
  history_trimmed: {
    by: 'edge',
    text: 'Messages were lost on their way to the edge, and history no longer holds them. Of `@me` `count` is 0. Nothing to do.',
  },
  history_lost: {
    by: 'edge',
    text: 'The store came back from an older state, and the lane goes on in a new epoch. Take `position` as the position of the lane; without it, join again.',
  },
  not_recovered: { by: 'sdk', text: 'A join answered `recovered: false`: the lane goes on at the position of the answer.' },
  hidden: { by: 'sdk', text: 'The page was hidden, and of the chat of that time only the newest is shown.' },
} as const satisfies Record<string, GapSpec>;

export type GapReason = keyof typeof gapReasons;
