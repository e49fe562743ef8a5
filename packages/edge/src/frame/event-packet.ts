// Builds the socket.io packets of events from JSON text. A `frame` that exceeds `edge.frame_bytes` becomes several packets: many WebSocket
// clients close the connection on a message larger than 32 or 64 KiB. All packets of events are built here.
import type { ServerEvents } from '@danmux/protocol';
import { messageTexts } from './message-texts.ts';

/** The socket.io packet of an event whose payload is JSON text already. */
export function eventPacket(event: keyof ServerEvents, payload: string): string {
  return `2["${event}",${payload}]`;
}

/** Bytes of a `frame` packet without its payload, including the engine.io packet type. */
const around = eventPacket('frame', '').length + 1;
/** A UTF-16 code unit takes at most three bytes in UTF-8. */
const maxBytesOfUnit = 3;
const ends = ']}';

/** The packets of a frame, in order. Each has at most `maxBytes` bytes on the wire, unless a single message is larger. */
export function framePackets(payload: string, maxBytes: number): string[] {
  if (fits(payload, maxBytes)) return [eventPacket('frame', payload)];
  const opening = payload.slice(0, payload.indexOf('"msgs":[') + 8);
  const room = maxBytes - around - Buffer.byteLength(opening) - ends.length;
  return groups(messageTexts(payload), room).map((texts) => eventPacket('frame', `${opening}${texts.join(',')}${ends}`));
}

function fits(payload: string, maxBytes: number): boolean {
  return payload.length * maxBytesOfUnit + around <= maxBytes || Buffer.byteLength(payload) + around <= maxBytes;
}

/** Groups consecutive texts. Each group, with its commas, has at most `maxBytes` bytes, unless a single text is larger. */
function groups(texts: readonly string[], maxBytes: number): string[][] {
  const all: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const text of texts) {
    const size = Buffer.byteLength(text) + 1;
    bytes += size;
    if (bytes > maxBytes + 1) {
      all.push([]);
      bytes = size;
    }
    all.at(-1)?.push(text);
  }
  return all;
}
