// What judges a viewer's message by what it says, before it is published. Rate, mutes and modes are judged before; a screen sees
// only messages that are otherwise allowed.
import type { Viewer } from '../../viewer/viewer.ts';

export interface FilteredMessage {
  readonly id: string;
  readonly room: string;
  readonly type: string;
  readonly data: unknown;
  readonly viewer: Viewer;
}

/** `data` may be another than what came in (words masked, rewritten by the hook). */
export type Verdict =
  | { readonly action: 'pass'; readonly data: unknown }
  /** Accepted in its sender's eyes; nobody else ever sees it. */
  | { readonly action: 'shadow'; readonly data: unknown }
  /** It waits for a moderator; its sender sees it, and is told. */
  | { readonly action: 'hold'; readonly data: unknown; readonly reason: string };

export interface Filter {
  /** Rejects with `content_blocked` when the message is refused, or whatever else refuses it. */
  screen(message: FilteredMessage): Promise<Verdict>;
}
