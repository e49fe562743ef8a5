// The contract of traces: the processes that handled a traced message, with times. Traces are written in the background, off the path of
// messages, kept for ten minutes and read by people.
import { type Lane, lanes } from '@danmux/protocol';

/** One step of a message through the cluster. */
export interface TraceHop {
  readonly hop: 'accepted' | 'stored' | 'sequenced' | 'delivered' | 'recalled';
  /** Member id of the process. */
  readonly node: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Offset of the message; only on the hop `sequenced`, on lanes with history. */
  readonly offset?: number;
  /** Number of connections; only on the hop `delivered`. */
  readonly viewers?: number;
}

/** A hop with the message it belongs to. */
export interface TracedHop extends TraceHop {
  readonly room: string;
  readonly id: string;
  /** Trace id. When empty, the hop is stored only if the message already has a trace. */
  readonly trace: string;
}

export interface TraceState {
  readonly trace: string;
  /** Hops in no particular order. */
  readonly hops: readonly TraceHop[];
}

/**
 * Order: none; sort hops by time. Atomicity: the hops of one message in a call are added in one step. Loss: a trace expires `traceKeptMs` after
 * its last hop; hops beyond `traceHops` are dropped; hops that a process had not written before it died are missing.
 */
export interface Traces {
  /** Adds hops. A second hop of a message with the same name and node is ignored. */
  add(hops: readonly TracedHop[]): Promise<void>;
  /** Returns null when the message has no trace. */
  find(room: string, id: string): Promise<TraceState | null>;
}

/** TTL of a trace, milliseconds. */
export const traceKeptMs = 600_000;
/** Largest number of hops per trace. Every edge adds one hop, so this bounds traces in large clusters. */
export const traceHops = 128;

/** The fields of a publication that decide whether it is traced. */
export interface Traceable {
  readonly lane: Lane;
  readonly marks?: { readonly traced?: true; readonly receipt?: true };
}

/** True on guaranteed lanes; on other lanes when the publisher requested a trace or receipts. */
export function isTraced({ lane, marks }: Traceable): boolean {
  return lanes[lane].guaranteed || marks?.traced === true || marks?.receipt === true;
}
