// The contract of receipt counts: for a message that asks for receipts, how many connections each edge sent it to and how many of them
// answered. The store has counts only; which connection answered is known to its edge alone, as one bit.

export interface ReceiptCount {
  readonly room: string;
  readonly edge: string;
  /** Connections it was sent to. */
  readonly sent: number;
  /** Of those, how many answered. */
  readonly received: number;
}

export interface ReceiptState {
  /** When the message was accepted, milliseconds since 1970. */
  readonly at: number;
  readonly rooms: readonly string[];
  readonly counts: readonly ReceiptCount[];
}

/**
 * Order: counts only grow, so a late or repeated report is harmless. Atomicity: the counts of one message are set in one step; those of
 * several messages are not. Loss: counts end `receipts.kept_ms` after the last write; what a crashed edge had not reported is missing.
 */
export interface Receipts {
  /**
   * Begins the counts of a message, or adds a room to them: one id may be sent to several rooms (a broadcast). Without it `find` returns null
   * and reports of the id are ignored.
   */
  open(id: string, room: string, at: number): Promise<void>;
  /** Sets the counts of an edge, of any number of messages. */
  report(counts: readonly (ReceiptCount & { readonly id: string })[]): Promise<void>;
  find(id: string): Promise<ReceiptState | null>;
}
