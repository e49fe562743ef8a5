// A frame on a channel: its head as one line of JSON, then the payload as it is. An edge parses the head only.
import type { BusFrame, FrameHead } from '../contract/frames.ts';

export function encodeFrame({ head, payload }: BusFrame): string {
  return `${JSON.stringify(head)}\n${payload}`;
}

/** Throws on anything encodeFrame did not make. */
export function decodeFrame(text: string): BusFrame {
  const end = text.indexOf('\n');
  if (end < 0) throw new Error('a frame without a head');
  return { head: JSON.parse(text.slice(0, end)) as FrameHead, payload: text.slice(end + 1) };
}
