// The encoding of a frame on a channel: one line of JSON for the head, then the payload unchanged. An edge parses only the head.
import type { BusFrame, FrameHead } from '../contract/frames.ts';

/** `senderOnly` is named `own` on the wire, so that old and new edges and relays understand each other during an upgrade. */
type WireHead = Omit<FrameHead, 'senderOnly'> & { readonly own?: FrameHead['senderOnly'] };

export function encodeFrame({ head, payload }: BusFrame): string {
  return `${JSON.stringify(toWire(head))}\n${payload}`;
}

/** Throws when the text has no head line or the head is not JSON. */
export function decodeFrame(text: string): BusFrame {
  const end = text.indexOf('\n');
  if (end < 0) throw new Error('frame has no head line');
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
