// The handlers of the viewer events, one for each event of the protocol. A handler gets a payload that its schema allows and returns
// the fields of the ok reply, or throws a DanmuxError; acks, schemas and errors are Dispatch's.
import type { ViewerEvents } from '@danmux/protocol';
import type { Session } from '../session/session.ts';

export interface Answer<T extends object> {
  /** Fields of the ok reply. */
  readonly reply: T;
  /** Called when the ack was sent. */
  readonly after?: (() => void) | undefined;
}

type RequestOf<E extends keyof ViewerEvents> = Parameters<ViewerEvents[E]>[0];

export type Handlers = { readonly [E in keyof ViewerEvents]: (session: Session, request: RequestOf<E>) => Promise<Answer<object>> };
