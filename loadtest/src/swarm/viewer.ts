// One viewer of the swarm: a TCP socket with the minimum of WebSocket, Engine.IO 4 and Socket.IO 5 to connect with a token, join a room
// and answer pings. A sampled viewer parses every message; others count frames.
import { connect, type Socket } from 'node:net';
import { FrameParser, type FrameSink } from './frame-parser.ts';
import { clientFrame, readUpgradeAnswer, upgradeRequest } from './handshake.ts';
import { inflate, inflateShort } from './inflated.ts';

export interface ViewerOptions {
  readonly host: string;
  readonly port: number;
  /** A source address in 127.0.0.0/8: one address has too few ports for all viewers. */
  readonly localAddress?: string;
  readonly room: string;
  readonly deflate: boolean;
  readonly sampled: boolean;
  readonly token: string;
  /** Sent with the join, to recover missed messages. */
  readonly positions?: Positions;
}

export type Positions = Readonly<Record<string, { readonly epoch: string; readonly offset: number }>>;

export interface ViewerMessage {
  readonly lane?: string;
  readonly offset?: number;
  readonly data?: unknown;
}

export interface JoinAnswer {
  readonly positions?: Positions;
  readonly msgs?: readonly ViewerMessage[];
}

/** The events of a viewer. */
export interface ViewerListener {
  joined(viewer: Viewer, answer: JoinAnswer): void;
  /** The connection ended, before or after the join; called once. */
  ended(viewer: Viewer, reason: string): void;
  /** A frame of the room arrived. */
  frame(viewer: Viewer, length: number): void;
  /** The messages of the frame; sampled viewers only. */
  messages(viewer: Viewer, messages: readonly ViewerMessage[]): void;
  /** Any other event, unless it is too long to be parsed. */
  event(viewer: Viewer, name: string, payload: unknown): void;
}

/** Shared by all sockets: each read is processed before the next one. */
const readBuffer = Buffer.allocUnsafe(256 * 1_024);
const shortPayload = 256;
/** Fifth byte of an uncompressed `frame` event, which begins with `42["f`. */
const letterF = 0x66;
const pong = clientFrame('3');
const frameStart = '42["frame",';

/** With thousands of ports in use the kernel's search for a free one is slow, so ports are assigned here. */
const firstPort = 10_000;
const lastPort = 65_000;
let lastUsed = firstPort;
function nextLocalPort(): number {
  lastUsed = lastUsed >= lastPort ? firstPort : lastUsed + 1;
  return lastUsed;
}

export class Viewer implements FrameSink {
  readonly options: ViewerOptions;
  bytes = 0;
  frames = 0;
  frameBytes = 0;
  joinedAt = 0;
  readonly openedAt = performance.now();
  readonly #listener: ViewerListener;
  readonly #socket: Socket;
  readonly #parser = new FrameParser(this);
  /** The response to the upgrade received so far; undefined once it is complete. */
  #upgrade: Buffer | undefined = Buffer.alloc(0);
  #whole = true;
  #deflate = false;
  #ended = false;

  constructor(options: ViewerOptions, listener: ViewerListener) {
    this.options = options;
    this.#listener = listener;
    const { host, port, localAddress } = options;
    const onread = { buffer: readBuffer, callback: (size: number) => this.#read(readBuffer.subarray(0, size)) };
    this.#socket = connect({ host, port, noDelay: true, onread, ...(localAddress === undefined ? {} : { localAddress, localPort: nextLocalPort() }) });
    this.#socket.on('connect', () => this.#socket.write(upgradeRequest(host, port, options.deflate)));
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#end(error.code ?? error.message));
    this.#socket.on('close', () => this.#end('closed'));
  }

  get deflate(): boolean {
    return this.#deflate;
  }

  /** Stops reading, so that the server's buffers fill. */
  pause(): void {
    this.#socket.pause();
  }

  /** Drops the connection without a close frame. */
  cut(): void {
    this.#ended = true;
    this.#socket.destroy();
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.destroy();
    this.#listener.ended(this, reason);
  }

  #read(chunk: Buffer): boolean {
    this.bytes += chunk.length;
    try {
      if (this.#upgrade) this.#readUpgrade(chunk);
      else this.#parser.take(chunk);
    } catch (error) {
      this.#end((error as Error).message);
    }
    return true;
  }

  #readUpgrade(chunk: Buffer): void {
    const bytes = Buffer.concat([this.#upgrade ?? Buffer.alloc(0), chunk]);
    const answer = readUpgradeAnswer(bytes);
    this.#upgrade = answer ? undefined : bytes;
    if (!answer) return;
    if (!answer.accepted) throw new Error(`the upgrade was answered ${answer.status}`);
    this.#deflate = answer.deflate;
    this.#parser.take(bytes.subarray(answer.size));
  }

  wanted(_opcode: number, length: number): number {
    return this.#whole || length <= shortPayload ? length : 0;
  }

  frame(opcode: number, compressed: boolean, payload: Buffer, length: number): void {
    if (opcode === 8) {
      this.#end(`close ${length >= 2 ? payload.readUInt16BE(0) : 1005}`);
    } else if (opcode === 9) {
      throw new Error('the server sent a WebSocket ping, which no server here does');
    } else if (this.#whole) {
      this.#packet(compressed ? inflate(payload) : payload.toString('utf8'), length);
    } else if (length > shortPayload || (!compressed && payload[4] === letterF)) {
      // After the join only `frame` events are longer than `shortPayload`.
      this.#count(length);
    } else {
      this.#short(compressed ? inflateShort(payload) : payload.toString('utf8'), length);
    }
  }

  #short(text: string, length: number): void {
    if (text.startsWith(frameStart)) this.#count(length);
    else this.#packet(text, length);
  }

  #count(length: number): void {
    this.frames++;
    this.frameBytes += length;
    this.#listener.frame(this, length);
  }

  #packet(text: string, length: number): void {
    if (text.startsWith(frameStart)) {
      this.#count(length);
      // `42["frame",{…}]`. A frame of danmux contains many messages, that of a peer one.
      const payload = JSON.parse(text.slice(frameStart.length, -1)) as { msgs: ViewerMessage[] } | ViewerMessage;
      this.#listener.messages(this, 'msgs' in payload ? payload.msgs : [payload]);
    } else if (text === '2') this.#socket.write(pong);
    else if (text.startsWith('0')) this.#socket.write(clientFrame(`40${JSON.stringify({ token: this.options.token })}`));
    else if (text.startsWith('430')) this.#joined(text);
    else if (text.startsWith('40')) this.#join();
    else if (text.startsWith('44')) this.#end(`connect_error ${text.slice(2, 200)}`);
    else if (text.startsWith('41')) this.#end('disconnected by the server');
    else if (text.startsWith('42')) this.#event(text);
  }

  #join(): void {
    const { room, positions } = this.options;
    this.#socket.write(clientFrame(`420${JSON.stringify(['join', { room, ...(positions ? { positions } : {}) }])}`));
  }

  #joined(text: string): void {
    const [answer] = JSON.parse(text.slice(3)) as [{ ok: boolean; error?: { code: string } } & JoinAnswer];
    if (!answer.ok) {
      this.#end(`join refused: ${answer.error?.code}`);
      return;
    }
    this.#whole = this.options.sampled;
    this.joinedAt = performance.now();
    this.#listener.joined(this, answer);
  }

  #event(text: string): void {
    const [name, payload] = JSON.parse(text.slice(2)) as [string, unknown];
    this.#listener.event(this, name, payload);
  }
}
