// A frame on a channel: its head as one line of JSON, then the payload as it is. An edge parses the head only.
import type { BusFrame, FrameHead } from '../contract/frames.ts';

/** On the wire `senderOnly` keeps its old name `own`, so that edges and relays of other versions read it during an upgrade. */
type WireHead = Omit<FrameHead, 'senderOnly'> & { readonly own?: FrameHead['senderOnly'] };

export function encodeFrame({ head, payload }: BusFrame): string {
  return `${JSON.stringify(toWire(head))}\n${payload}`;
}

/** Throws on anything encodeFrame did not make. */
export function decodeFrame(text: string): BusFrame {
  const end = text.indexOf('\n');
  if (end < 0) throw new Error('a frame without a head');
  return { head: fromWire(JSON.parse(text.slice(0, end)) as WireHead), payload: text.slice(end + 1) };
}

function toWire(head: FrameHead): WireHead {
  if (!head.senderOnly) return head;
  const { senderOnly, ...rest } = head;
  return { ...rest, own: senderOnly };
}

function fromWire(wire: WireHead): FrameHead {
  if (!wire.own) return wire;
  const { own, ...rest } = wire;
  return { ...rest, senderOnly: own };
}
