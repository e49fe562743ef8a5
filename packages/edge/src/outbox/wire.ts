// Writes encoded frames to one viewer. Over WebSocket they go straight to the TCP socket, past engine.io's queue and ws's framing; over
// long-polling, or with `edge.direct_writes` off, they go through engine.io. This file relies on internals of engine.io's
// transport and of ws.
import type { Socket as TcpSocket } from 'node:net';
import type { EncodedFrame } from './encoded-frame.ts';
import { pollPackets } from './polls.ts';
import { type EndedConn, endTransport } from './transport-end.ts';

export interface Wire {
  /** True when a write goes out immediately and after all earlier writes. */
  readonly ready: boolean;
  /** True when the transport limits the number of packets per write (long-polling). */
  readonly limitsPackets: boolean;
  /** Bytes queued for the viewer in engine.io and the TCP socket. */
  readonly waiting: number;
  /** Call only while `ready`. */
  write(encoded: EncodedFrame): void;
  /** Ends the connection so that the client reconnects; with `now`, queued bytes are dropped. */
  close(now: boolean): void;
}

/** The members of an engine.io socket used by a wire. */
export interface EngineConn {
  readonly readyState: string;
  readonly writeBuffer: readonly { readonly data?: unknown }[];
  readonly transport: Transport;
  write(data: string, options?: object): unknown;
  close(discard?: boolean): unknown;
}
interface Transport {
  readonly name: string;
  /** False while a batch is being sent. */
  readonly writable: boolean;
  perMessageDeflate?: unknown;
  readonly socket?: WebSocketInside;
}
/** Private members of a ws connection; if a later ws drops them, all writes go through engine.io. */
interface WebSocketInside {
  readonly _socket?: TcpSocket | null;
  readonly _extensions?: { readonly 'permessage-deflate'?: { readonly params?: { readonly server_max_window_bits?: number } } };
  terminate(): void;
}

/** Window size of `EncodedFrame.deflated`, as a power of two. */
const windowBits = 15;

export class ViewerWire implements Wire {
  readonly #conn: EngineConn;
  readonly #direct: boolean;
  #transport: Transport | undefined;
  #tcp: TcpSocket | undefined;
  #deflates = false;

  constructor(conn: EngineConn, direct: boolean) {
    this.#conn = conn;
    this.#direct = direct;
  }

  get ready(): boolean {
    const { readyState, transport, writeBuffer } = this.#conn;
    if (readyState !== 'open') return false;
    if (transport !== this.#transport) this.#useTransport(transport);
    if (transport.name !== 'websocket') return writeBuffer.length < pollPackets;
    return transport.writable && writeBuffer.length === 0 && this.#tcp?.writableNeedDrain !== true;
  }

  get limitsPackets(): boolean {
    return this.#conn.transport.name !== 'websocket';
  }

  get waiting(): number {
    const { transport, writeBuffer } = this.#conn;
    if (transport !== this.#transport) this.#useTransport(transport);
    const queued = writeBuffer.reduce((sum, { data }) => sum + (typeof data === 'string' ? data.length : 0), 0);
    return queued + (this.#tcp?.writableLength ?? 0);
  }

  write(encoded: EncodedFrame): void {
    if (this.#tcp && this.#direct) this.#tcp.write(this.#deflates ? encoded.deflated : encoded.plain);
    else for (const packet of encoded.packets) this.#conn.write(packet, { compress: false });
  }

  close(now: boolean): void {
    void endTransport(this.#conn as unknown as EndedConn, now);
  }

  /** Looks up the TCP socket again: a viewer may start with long-polling and upgrade to WebSocket. */
  #useTransport(transport: Transport): void {
    this.#transport = transport;
    const socket = transport.name === 'websocket' ? transport.socket : undefined;
    this.#tcp = socket?._socket ?? undefined;
    const deflate = socket?._extensions?.['permessage-deflate'];
    this.#deflates = deflate !== undefined && (deflate.params?.server_max_window_bits ?? windowBits) >= windowBits;
  }
}
