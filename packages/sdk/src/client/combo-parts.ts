// Removes recalled gifts from a message that merges several gifts of a combo.
import type { Msg } from '@danmux/protocol';

/** Returns the message itself if no part was recalled, undefined if all were, else a copy with the remaining parts and the sum of their counts. */
export function withoutParts(msg: Msg, recalled: { has(id: string): boolean }): Msg | undefined {
  if (!msg.parts) return recalled.has(msg.id) ? undefined : msg;
  const parts = msg.parts.filter(({ id }) => !recalled.has(id));
  if (parts.length === msg.parts.length) return msg;
  if (parts.length === 0) return undefined;
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  return { ...msg, parts, data: typeof msg.data === 'object' && msg.data !== null ? { ...msg.data, count } : msg.data };
}
