// Recognizes tombstones: entries that replace recalled messages in history, so that their offsets stay in use.
import type { Msg } from '@danmux/protocol';

export function isTombstone({ type, data }: Msg): boolean {
  return type === 'recalled' && data === null;
}
