// The names of the records that hold rules, and of their fields: written by the api, followed by edges and relays. One table.

export const ruleRecords = {
  /** Fields: `modes` (RoomModes as JSON), `mute:USER`, `ban:USER`, `kick:USER` (Sanction as JSON). */
  room: (room: string) => `room:${room}`,
  /** The same fields but `modes`, in force in every room. */
  everywhere: 'everywhere',
  /** Fields: a list's name → WordList as JSON. */
  words: 'words',
  /** Fields: a message's id → HeldMessage as JSON. */
  reviews: 'reviews',
  /** Fields: a key's id → StoredKey as JSON. */
  keys: 'keys',
} as const;

export type SanctionKind = 'mute' | 'ban' | 'kick';

export function sanctionField(kind: SanctionKind, user: string): string {
  return `${kind}:${user}`;
}

/** The room of a record's name; null when it is not one of a room. */
export function roomOfRecord(record: string): string | null {
  return record.startsWith('room:') ? record.slice(5) : null;
}
