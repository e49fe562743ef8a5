// The contract of a content filter: it judges a viewer's message by its content before publishing. SendGuard checks rate, mutes and
// modes first, so a filter sees only messages that are otherwise allowed.
import type { Viewer } from '../../viewer/viewer.ts';

export interface FilteredMessage {
  readonly id: string;
  readonly room: string;
  readonly type: string;
  readonly data: unknown;
  readonly viewer: Viewer;
}

/** `data` may differ from the sender's data: words masked, or rewritten by the hook. */
export type Verdict =
  | { readonly action: 'pass'; readonly data: unknown }
  /** The sender sees the message as accepted; no other viewer ever sees it. */
  | { readonly action: 'shadow'; readonly data: unknown }
  /** The message waits for a moderator; the sender sees it, and the reply has `held: true`. */
  | { readonly action: 'hold'; readonly data: unknown; readonly reason: string };

export interface Filter {
  /** Rejects with `content_blocked` when the message is refused, or `unavailable` when no verdict is possible now. */
  judge(message: FilteredMessage): Promise<Verdict>;
}
