// How bytes reach one viewer. Over WebSocket what is prepared goes straight to the TCP socket, past engine.io's queue and ws's
// framing; over anything else, and when `edge.direct_writes` is off, socket.io's own path is taken. The one file that knows
// the insides of engine.io and ws.
import type { Socket as TcpSocket } from 'node:net';
import type { EncodedFrame } from './encoded-frame.ts';
import { pollPackets } from './polls.ts';

export interface Wire {
  /** True when what is written now is sent now, after all that was written before. */
  readonly ready: boolean;
  /** True when only so many packets go at once, however small they are. */
  readonly counted: boolean;
  /** Bytes socket.io and the TCP socket hold for the viewer. */
  readonly waiting: number;
  /** Only while `ready`. */
  write(encoded: EncodedFrame): void;
  /** Ends the connection; `now` drops what waits. */
  close(now: boolean): void;
}

/** The part of an engine.io socket a wire needs. */
export interface EngineConn {
  readonly readyState: string;
  readonly writeBuffer: readonly { readonly data?: unknown }[];
  readonly transport: Transport;
  write(data: string, options?: object): unknown;
  close(discard?: boolean): unknown;
}
interface Transport {
  readonly name: string;
  /** False while the last batch is on its way. */
  readonly writable: boolean;
  perMessageDeflate?: unknown;
  readonly socket?: WebSocketInside;
}
/** A ws connection; its insides may change, then everything goes socket.io's way. */
interface WebSocketInside {
  readonly _socket?: TcpSocket | null;
  readonly _extensions?: { readonly 'permessage-deflate'?: { readonly params?: { readonly server_max_window_bits?: number } } };
  terminate(): void;
}

/** The window `EncodedFrame.deflated` is made with. */
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
    if (transport !== this.#transport) this.#know(transport);
    if (transport.name !== 'websocket') return writeBuffer.length < pollPackets;
    return transport.writable && writeBuffer.length === 0 && this.#tcp?.writableNeedDrain !== true;
  }

  get counted(): boolean {
    return this.#conn.transport.name !== 'websocket';
  }

  get waiting(): number {
    const { transport, writeBuffer } = this.#conn;
    if (transport !== this.#transport) this.#know(transport);
    const queued = writeBuffer.reduce((sum, { data }) => sum + (typeof data === 'string' ? data.length : 0), 0);
    return queued + (this.#tcp?.writableLength ?? 0);
  }

  write(encoded: EncodedFrame): void {
    if (this.#tcp && this.#direct) this.#tcp.write(this.#deflates ? encoded.deflated : encoded.plain);
    else for (const packet of encoded.packets) this.#conn.write(packet, { compress: false });
  }

  close(now: boolean): void {
    // ws would wait for the other side's close frame behind all that is not read.
    if (now) this.#conn.transport.socket?.terminate();
    this.#conn.close(now);
  }

  /** A viewer may begin with long-polling and change to WebSocket. */
  #know(transport: Transport): void {
    this.#transport = transport;
    const socket = transport.name === 'websocket' ? transport.socket : undefined;
    this.#tcp = socket?._socket ?? undefined;
    const deflate = socket?._extensions?.['permessage-deflate'];
    this.#deflates = deflate !== undefined && (deflate.params?.server_max_window_bits ?? windowBits) >= windowBits;
  }
}
