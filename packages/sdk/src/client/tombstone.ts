// The entry that replaces a recalled message in history.
import type { Msg } from '@danmux/protocol';

export function isTombstone({ type, data }: Msg): boolean {
  return type === 'recalled' && data === null;
}
