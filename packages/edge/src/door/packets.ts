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

/** The connection is closed at this CONNECT to a namespace other than `/`; socket.io would answer any number of them. */
const unknownNamespaces = 3;

class ViewerDecoder extends Decoder {
  #unknown = 0;

  override add(data: unknown): void {
    super.add(data);
    // `0` is CONNECT, and a namespace other than `/` follows. The packet above was answered with "Invalid namespace".
    if (typeof data !== 'string' || !/^0\/[^,]/.test(data)) return;
    if (++this.#unknown >= unknownNamespaces) throw new Error('too many CONNECTs to unknown namespaces');
  }
}

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
