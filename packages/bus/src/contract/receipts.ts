// The contract of receipt counts: of a message that asks for receipts, how many viewers each edge sent it to and how many said that
// they have it. Counters only; who answered is known to the edge alone, as one bit a connection.

export interface ReceiptCount {
  readonly room: string;
  readonly edge: string;
  /** Connections it was sent to. */
  readonly sent: number;
  /** Of those, how many answered. */
  readonly received: number;
}

export interface ReceiptState {
  /** When it was accepted, milliseconds since 1970. */
  readonly at: number;
  readonly rooms: readonly string[];
  readonly counts: readonly ReceiptCount[];
}

/** Kept for `receipts.kept_ms` after the last write. The id may be one message in several rooms (a broadcast). */
export interface Receipts {
  /** Begins a message's counts, for one more room; without it `find` knows nothing of the message. */
  open(id: string, room: string, at: number): Promise<void>;
  /** Sets an edge's counts of messages, which only grow; one call may carry many. Of an id that was never opened: ignored. */
  report(counts: readonly (ReceiptCount & { readonly id: string })[]): Promise<void>;
  find(id: string): Promise<ReceiptState | null>;
}
