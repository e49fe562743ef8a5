// Replaces socket.io's JSON parser and serializer with ones that keep every digit of large numbers, so data leaves as the sender wrote it.
// socket.io's code still handles framing, acks and attachments.
import { limits } from '@danmux/protocol';
import { parseRequest, written } from '@danmux/runtime';
import { Decoder, Encoder, type Packet } from 'socket.io-parser';

class ViewerEncoder extends Encoder {
  override encode(packet: Packet): unknown[] {
    return written(() => super.encode(packet) as unknown[]);
  }
}

class ViewerDecoder extends Decoder {}

// socket.io-parser has no option for this, and its types declare the method private.
Object.defineProperty(ViewerDecoder.prototype, 'tryParse', { value: parsed });

/** Cap of values in a packet: each takes at least two bytes, so more cannot fit the size limit. */
const most = limits.viewerData / 2;

/** The parsed JSON; false for invalid JSON, as socket.io expects, which then closes the connection. */
function parsed(text: string): unknown {
  try {
    return parseRequest(text, { most });
  } catch {
    // The client sent invalid JSON; socket.io closes the connection.
    return false;
  }
}

export const packets = { Encoder: ViewerEncoder, Decoder: ViewerDecoder };
