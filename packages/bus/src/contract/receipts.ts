// The contract of receipt counts: for a message that requests receipts, the number of connections to which each edge sent it, and the number that
// acknowledged it. The store has only counts; each edge remembers which of its connections have acknowledged.

/** What one edge counted for one message in one room. Numbers only grow. */
export interface ReceiptCount {
  readonly room: string;
  readonly edge: string;
  /** Connections to which the edge sent the message. */
  readonly sent: number;
  /** How many of these connections acknowledged the message. */
  readonly received: number;
}

/** The rooms and receipt counts of one message. They expire `receipts.kept_ms` after the last `open` or `report`. */
export interface ReceiptState {
  /** Time at which the message was accepted, milliseconds since 1970. */
  readonly at: number;
  readonly rooms: readonly string[];
  readonly counts: readonly ReceiptCount[];
}

/**
 * Order: counts never decrease, so late or repeated reports are harmless. Atomicity: the counts of one message are set in one step, those of
 * several messages in several. Loss: counts expire `receipts.kept_ms` after the last write; unreported counts of a crashed edge are lost.
 */
export interface Receipts {
  /**
   * Opens the counts of a message, or adds a room to them, because a broadcast sends one id to several rooms. Until then `find` returns null
   * and reports of the id are ignored. `at` is the time of acceptance, milliseconds since 1970.
   */
  open(id: string, room: string, at: number): Promise<void>;
  /** Reports an edge's current counts of any number of messages. */
  report(counts: readonly (ReceiptCount & { readonly id: string })[]): Promise<void>;
  /** Returns null when the counts were never opened or have expired. */
  find(id: string): Promise<ReceiptState | null>;
}
