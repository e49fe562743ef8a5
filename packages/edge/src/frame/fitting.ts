// Counts the entries of a list that fit into one packet, so that no reply to a viewer exceeds `edge.frame_bytes`. The sizes of messages
// are cached, because all viewers that join a room get the same ones.
import type { Msg } from '@danmux/protocol';
import { toJson } from '@danmux/runtime';

/** Maximum bytes of an ack packet without its reply: the packet types `43`, the ack id and the brackets. */
const ackBytes = 32;
const sizes = new WeakMap<Msg, number>();

/** Bytes of a message as JSON. */
export function bytesOf(msg: Msg): number {
  const known = sizes.get(msg);
  if (known !== undefined) return known;
  const bytes = Buffer.byteLength(toJson(msg));
  sizes.set(msg, bytes);
  return bytes;
}

/** Bytes left for the entries of a list when `reply` is sent in an ack of at most `maxBytes` bytes; pass the reply with the list empty. */
export function spaceBeside(reply: object, maxBytes: number): number {
  return maxBytes - ackBytes - Buffer.byteLength(toJson({ ok: true, ...reply }));
}

/** The number of leading entries that fit into `space` bytes, with a comma after each. */
export function fitting<T>(entries: readonly T[], bytesOfEntry: (entry: T) => number, space: number): number {
  let left = space;
  const beyond = entries.findIndex((entry) => {
    left -= bytesOfEntry(entry) + 1;
    return left < 0;
  });
  return beyond < 0 ? entries.length : beyond;
}
