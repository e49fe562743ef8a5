// Names of the records that hold rules, and of their fields. The api writes them; edges and relays follow them.

/** The names of the records that processes share. */
export const ruleRecords = {
  /** Fields: `modes` (RoomModes as JSON), `mute:USER`, `ban:USER`, `kick:USER` (Sanction as JSON). */
  room: (room: string) => `room:${room}`,
  /** The same fields without `modes`; these sanctions apply in every room. */
  everywhere: 'everywhere',
  /** Fields: the parts of word lists, as word-lists.ts describes. */
  words: 'words',
  /** Fields: message id → HeldMessage as JSON. */
  reviews: 'reviews',
  /** Fields: key id → StoredKey as JSON. */
  keys: 'keys',
} as const;

/** A mute forbids sending, a ban forbids being in the room, and a kick ends the membership; the user may come back. */
export type SanctionKind = 'mute' | 'ban' | 'kick';

/** Name of the field of a sanction, in the record of a room or in `everywhere`. */
export function sanctionField(kind: SanctionKind, user: string): string {
  return `${kind}:${user}`;
}

/** Room to which a record name belongs; null when it belongs to none. */
export function roomOfRecord(record: string): string | null {
  return record.startsWith('room:') ? record.slice(5) : null;
}
