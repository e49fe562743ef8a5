// The protocol's fixed sizes, as one table. A limit an operator may want to change is a config key instead; these are
// what both ends may rely on.

export const limits = {
  /** Characters of a room name. */
  roomName: 128,
  /** Rooms one connection may be in. */
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
  /** Bytes of one viewer packet; past it the transport closes (WebSocket code 1009). */
  packet: 65_536,
  /** Bytes of one admin API body. */
  body: 1_048_576,
  /** Ids of one `receipt`. */
  receiptIds: 200,
  /** Messages of one batch. */
  batch: 1_000,
  /** Names and prefixes of one broadcast. */
  broadcastRooms: 100,
  /** Milliseconds a message may be delayed: 30 days. */
  delayMs: 2_592_000_000,
  /** Milliseconds a timed mute or ban may last: ten years. */
  sanctionMs: 315_360_000_000,
  /** Milliseconds between two messages of a user in slow mode: a day. */
  modeMs: 86_400_000,
  /** Word lists, words of a list, characters of a word. */
  wordLists: 16,
  words: 20_000,
  word: 64,
  /** Bytes of the body that brings a word list. */
  wordsBody: 6_291_456,
  /** Rooms one page names at most. */
  roomsPage: 200,
  /** Entries of a page of sanctions, jobs, reviews and dead letters. */
  listPage: 100,
  /** Messages one `history` call or `join` returns at most. */
  historyPage: 200,
  /** Members one `members` call returns at most. */
  membersPage: 100,
  /** Characters of a `members` cursor. */
  cursor: 1_024,
  /** Messages replayed to one viewer at a `join` with positions; past it `recovered` is false. */
  recovery: 2_000,
} as const;
