// The client side of the WebSocket handshake: the upgrade request, parsing of the response, and masked text frames. The mask is zero,
// which the protocol allows and which saves a pass over the payload.

export interface UpgradeAnswer {
  readonly accepted: boolean;
  readonly deflate: boolean;
  /** Status line, for error reports. */
  readonly status: string;
  /** Length of the response in bytes. WebSocket frames may follow it. */
  readonly size: number;
}

// Servers hash the key and do not check that it is random.
const key = 'ZGFubXV4IGxvYWQgdGVzdA==';
const deflateOffer = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover';

export function upgradeRequest(host: string, port: number, deflate: boolean): string {
  const lines = [
    'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
    `Host: ${host}:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${key}`,
    'Sec-WebSocket-Version: 13',
    ...(deflate ? [`Sec-WebSocket-Extensions: ${deflateOffer}`] : []),
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Returns undefined while the response is incomplete. */
export function readUpgradeAnswer(bytes: Buffer): UpgradeAnswer | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const text = bytes.subarray(0, end).toString('latin1');
  const status = text.split('\r\n', 1)[0] ?? '';
  return { accepted: / 101 /.test(`${status} `), deflate: /^sec-websocket-extensions:.*permessage-deflate/im.test(text), status, size: end + 4 };
}

/** Encodes a masked text frame. */
export function clientFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  if (length > 0xffff) throw new Error('the text is longer than 65,535 bytes');
  const head = length < 126 ? 2 : 4;
  const frame = Buffer.alloc(head + 4 + length);
  frame[0] = 0x81;
  if (head === 2) frame[1] = 0x80 | length;
  else {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(length, 2);
  }
  frame.write(text, head + 4);
  return frame;
}
