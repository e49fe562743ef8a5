// The fixed limits of the protocol, which client and server both rely on. Limits that an operator may change are settings instead.

/** Limits by name; the unit is in each comment. */
export const limits = {
  /** Characters of a room name. */
  roomName: 128,
  /** Rooms one connection may join at the same time. */
  roomsPerConnection: 50,
  /** Characters of a message id, a cid and an Idempotency-Key. */
  id: 64,
  /** Characters of a message type. */
  typeName: 32,
  /** Characters of a user's id. */
  userId: 128,
  /** Bytes of a viewer's `data` as JSON. */
  viewerData: 5_120,
  /** Bytes of a backend's `data` as JSON. */
  backendData: 32_768,
  /** Bytes of one packet from a viewer; a larger packet closes the connection (WebSocket code 1009). */
  packet: 65_536,
  /** Bytes of one admin API body. */
  body: 1_048_576,
  /** Bytes of the request body of a batch: 1,000 messages of 4 KiB. */
  batchBody: 4_194_304,
  /** Message ids in one `receipt` event. */
  receiptIds: 200,
  /** Messages of one batch. */
  batch: 1_000,
  /** Room names and prefixes in the request of one broadcast. */
  broadcastRooms: 100,
  /** Milliseconds a message may be delayed: 30 days. */
  delayMs: 2_592_000_000,
  /** Milliseconds a timed mute or ban may last: ten years. */
  sanctionMs: 315_360_000_000,
  /** Longest time that slow mode can require between two messages of a user, milliseconds: one day. */
  modeMs: 86_400_000,
  /** Number of word lists. */
  wordLists: 16,
  /** Words of one list. */
  words: 20_000,
  /** Characters of one word. */
  word: 64,
  /** Bytes of the request body that stores a word list: 20,000 words of 64 characters do not fit into `body`. */
  wordsBody: 6_291_456,
  /** Rooms of one page. */
  roomsPage: 200,
  /** Entries of a page of sanctions, jobs, reviews and dead letters. */
  listPage: 100,
  /** Messages that one `history` returns at most, and latest messages (`history` of the request) that one `join` returns at most. */
  historyPage: 200,
  /** Members that one `members` call returns at most. */
  membersPage: 100,
  /** Characters of a `members` cursor. */
  cursor: 1_024,
  /** Missed messages of one lane that a `join` with positions replays at most; if the viewer missed more, `recovered` is false. */
  recovery: 2_000,
} as const;
