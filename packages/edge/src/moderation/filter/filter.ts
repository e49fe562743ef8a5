// The contract of a content filter: it judges a viewer's message by its content before it is published. Rate, mutes and modes are
// checked before, so a filter sees only messages that are otherwise allowed.
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
  /** Shown to its sender as accepted, and to nobody else ever. */
  | { readonly action: 'shadow'; readonly data: unknown }
  /** Waits for a moderator; its sender sees it, and the reply says so. */
  | { readonly action: 'hold'; readonly data: unknown; readonly reason: string };

export interface Filter {
  /** Rejects with `content_blocked` when the message is refused, with `unavailable` when it cannot be judged now. */
  judge(message: FilteredMessage): Promise<Verdict>;
}
