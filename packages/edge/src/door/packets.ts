// socket.io packets whose JSON keeps digits and is well-formed both ways: what viewers send as data goes on as they wrote it. The one
// place that stands in for socket.io's own JSON; framing, acks and attachments stay its business.
import { limits } from '@danmux/protocol';
import { parseRequest, written } from '@danmux/runtime';
import { Decoder, Encoder, type Packet } from 'socket.io-parser';

class ViewerEncoder extends Encoder {
  override encode(packet: Packet): unknown[] {
    return written(() => super.encode(packet) as unknown[]);
  }
}

class ViewerDecoder extends Decoder {}

// The parser has no option for it, and its types call the method private.
Object.defineProperty(ViewerDecoder.prototype, 'tryParse', { value: parsed });

/** Each takes two bytes at least: data with more of them is too large. */
const most = limits.viewerData / 2;

/** False, as socket.io has it, for what is no JSON: the connection ends. */
function parsed(text: string): unknown {
  try {
    return parseRequest(text, { most });
  } catch {
    // A viewer's mistake, which socket.io tells by closing.
    return false;
  }
}

export const packets = { Encoder: ViewerEncoder, Decoder: ViewerDecoder };
