// The contract of traces: of a message that is traced, which process had it and when. Written beside the messages' way and never on
// it, kept for a while, and read by people.
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

/** Kept for `traceKeptMs` after the last hop. */
export interface Traces {
  /** Of the same hop and node the first counts; past `traceHops` of a message more are dropped. */
  add(hops: readonly TracedHop[]): Promise<void>;
  find(room: string, id: string): Promise<TraceState | null>;
}

export const traceKeptMs = 600_000;
/** An edge has one of a message. */
export const traceHops = 128;

/** What is looked at of a publication. */
export interface Traceable {
  readonly lane: Lane;
  readonly marks?: { readonly traced?: true; readonly receipt?: true };
}

/** Guaranteed lanes always; others when the publisher asked for it, or for receipts. */
export function isTraced({ lane, marks }: Traceable): boolean {
  return lanes[lane].guaranteed || marks?.traced === true || marks?.receipt === true;
}
