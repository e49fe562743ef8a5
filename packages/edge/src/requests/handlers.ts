// The contract of a viewer event's handler: it gets a validated payload and returns the fields of the ok reply, or throws a DanmuxError.
// Dispatch validates payloads, sends acks and maps errors.
import type { ViewerEvents } from '@danmux/protocol';
import type { Session } from '../session/session.ts';

export interface Answer<T extends object> {
  /** Fields of the ok reply, without `ok`. */
  readonly reply: T;
  /** Called after the ack is sent. */
  readonly after?: (() => void) | undefined;
}

type RequestOf<E extends keyof ViewerEvents> = Parameters<ViewerEvents[E]>[0];

export type Handlers = { readonly [E in keyof ViewerEvents]: (session: Session, request: RequestOf<E>) => Promise<Answer<object>> };
