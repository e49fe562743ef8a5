// Where the publisher sends to: danmux's admin API, a peer's Redis, or a peer's own socket. One contract for all.
import type { LoadMessage } from './chat-message.ts';

export interface Outlet {
  /** Resolves when the messages were taken, with how many were refused for good. Not called again before. */
  send(messages: readonly LoadMessage[]): Promise<{ readonly refused: number }>;
  close(): Promise<void>;
}

/** How another process makes its outlet. */
export type OutletSpec =
  | { readonly kind: 'danmux'; readonly url: string; readonly key: string }
  | { readonly kind: 'emitter'; readonly redis: string }
  | { readonly kind: 'sharded' | 'streams'; readonly redis: string }
  | { readonly kind: 'socket'; readonly host: string; readonly port: number };
