// The interface between the publisher and its target: danmux's admin API, the Redis of a peer, or a socket of a peer.
import type { LoadMessage } from './chat-message.ts';

export interface Outlet {
  /** Resolves with the number of rejected messages when the target has accepted the rest. The caller sends one batch at a time. */
  send(messages: readonly LoadMessage[]): Promise<{ readonly refused: number }>;
  close(): Promise<void>;
}

/** Describes an outlet to another process, which creates it. */
export type OutletSpec =
  | { readonly kind: 'danmux'; readonly url: string; readonly key: string }
  | { readonly kind: 'emitter'; readonly redis: string }
  | { readonly kind: 'sharded' | 'streams'; readonly redis: string }
  | { readonly kind: 'socket'; readonly host: string; readonly port: number };
