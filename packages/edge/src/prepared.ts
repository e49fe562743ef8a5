// An event encoded once for all viewers: the socket.io packet as text and the WebSocket frame around it. Writing it to a
// session costs a queue push and the write, nothing more. The one file that knows how socket.io frames an event.

import type { ServerEvents } from '@danmux/protocol';
import * as ws from 'ws';

export interface Prepared {
  /** The socket.io packet: `2["frame",{…}]`. */
  readonly packet: string;
  /** What `conn.write` takes so that no frame is built per socket; ignored on long-polling. */
  readonly options: { readonly wsPreEncodedFrame: readonly Buffer[]; readonly compress: boolean };
  readonly bytes: number;
}

interface FrameOptions {
  readonly readOnly: boolean;
  readonly mask: boolean;
  readonly rsv1: boolean;
  readonly opcode: number;
  readonly fin: boolean;
}
// ws exports its frame writer, and its types leave it out.
const { frame: encodeWsFrame } = (ws as unknown as { Sender: { frame(data: Buffer, options: FrameOptions): Buffer[] } }).Sender;

const textFrame: FrameOptions = { readOnly: false, mask: false, rsv1: false, opcode: 1, fin: true };

/** Prepares an event whose payload is JSON already. */
export function prepareRaw(event: keyof ServerEvents, payload: string): Prepared {
  const packet = `2["${event}",${payload}]`;
  // engine.io puts its own packet type, 4 for a message, in front.
  const data = Buffer.from(`4${packet}`);
  return { packet, options: { wsPreEncodedFrame: encodeWsFrame(data, textFrame), compress: false }, bytes: data.length };
}

export function prepare<E extends keyof ServerEvents>(event: E, payload: Parameters<ServerEvents[E]>[0]): Prepared {
  return prepareRaw(event, JSON.stringify(payload));
}
