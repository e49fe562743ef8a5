// The contract of traces: for a traced message, which process had it and when. Written beside the path of the messages and never
// on it, kept for ten minutes, read by people.
import { type Lane, lanes } from '@danmux/protocol';

export interface TraceHop {
  readonly hop: 'accepted' | 'stored' | 'sequenced' | 'delivered' | 'recalled';
  /** The member id of the process. */
  readonly node: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Of `sequenced`, on a lane with history. */
  readonly offset?: number;
  /** Of `delivered`: connections. */
  readonly viewers?: number;
}

export interface TracedHop extends TraceHop {
  readonly room: string;
  readonly id: string;
  /** Empty: the hop is kept only when the message is traced already. */
  readonly trace: string;
}

export interface TraceState {
  readonly trace: string;
  /** In no order. */
  readonly hops: readonly TraceHop[];
}

/**
 * Order: hops have none; sort them by time. Atomicity: the hops of one message are added in one step. Loss: a trace ends `traceKeptMs` after its
 * last hop; past `traceHops` hops of a message further ones are dropped; hops that a process had not written when it died are missing.
 */
export interface Traces {
  /** Of several hops with the same name and node the first counts. */
  add(hops: readonly TracedHop[]): Promise<void>;
  find(room: string, id: string): Promise<TraceState | null>;
}

export const traceKeptMs = 600_000;
/** Each edge adds one to a message. */
export const traceHops = 128;

/** The part of a publication that decides whether it is traced. */
export interface Traceable {
  readonly lane: Lane;
  readonly marks?: { readonly traced?: true; readonly receipt?: true };
}

/** True on guaranteed lanes; on the others when the publisher asked for a trace or for receipts. */
export function isTraced({ lane, marks }: Traceable): boolean {
  return lanes[lane].guaranteed || marks?.traced === true || marks?.receipt === true;
}
