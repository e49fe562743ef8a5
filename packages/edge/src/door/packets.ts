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

/** Number of CONNECTs to namespaces other than `/` at which the connection is closed; socket.io alone would answer any number of them. */
const unknownNamespaces = 3;

class ViewerDecoder extends Decoder {
  #unknown = 0;

  override add(data: unknown): void {
    super.add(data);
    // Matches a CONNECT (type `0`) to a namespace other than `/`. `super.add` has answered this packet with "Invalid namespace".
    if (typeof data !== 'string' || !/^0\/[^,]/.test(data)) return;
    if (++this.#unknown >= unknownNamespaces) throw new Error('too many CONNECTs to unknown namespaces');
  }
}

// socket.io-parser has no option for this, and its types declare the method private.
Object.defineProperty(ViewerDecoder.prototype, 'tryParse', { value: parsed });

/** Maximum number of JSON values in a packet: each takes at least two bytes, so data within `limits.viewerData` cannot have more. */
const most = limits.viewerData / 2;

/** Returns the parsed JSON. Returns false for invalid JSON: socket.io expects this value and then closes the connection. */
function parsed(text: string): unknown {
  try {
    return parseRequest(text, { most });
  } catch {
    // The client sent invalid JSON; socket.io closes the connection.
    return false;
  }
}

export const packets = { Encoder: ViewerEncoder, Decoder: ViewerDecoder };
