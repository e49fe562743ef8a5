// What stands in history where a message was recalled.
import type { Msg } from '@danmux/protocol';

export function isTombstone({ type, data }: Msg): boolean {
  return type === 'recalled' && data === null;
}
