// A viewer for tests: a stock socket.io client that records received messages and rejoins with its positions, as docs/protocol.md
// describes. It neither deduplicates nor sorts, so a test sees exactly what danmux sent.
import type { Frame, Gap, JoinReply, JoinRequest, Lane, Msg, Positions, Reply, SendReply, ServerEvents, StreamLane, ViewerEvents } from '@danmux/protocol';
import { isStreamLane } from '@danmux/protocol';
import { io, type Socket } from 'socket.io-client';

export interface TestViewerOptions {
  /** Edges; each reconnect uses the next one. */
  readonly urls: readonly string[];
  readonly room: string;
  readonly token?: string;
  readonly transports?: readonly ('websocket' | 'polling')[];
  readonly history?: number;
  /** Positions of an earlier session, sent with the first join. */
  readonly positions?: Positions;
}

const living = new Set<TestViewer>();

/** Closes every viewer that uses one of these edges. A viewer left by a failed test would reconnect forever. */
export function closeViewersOf(urls: readonly string[]): void {
  for (const viewer of living) if (viewer.goesTo(urls)) viewer.close();
}

export class TestViewer {
  readonly msgs: Msg[] = [];
  readonly gaps: Gap[] = [];
  readonly errors: string[] = [];
  readonly recovered: JoinReply['recovered'][] = [];
  readonly presence: number[] = [];
  /** Milliseconds from acceptance to arrival of each message, by the wall clock. */
  readonly delays: number[] = [];
  /** When each message arrived, by the monotonic clock. */
  readonly arrivals: number[] = [];
  disconnects = 0;
  online = 0;
  readonly #options: TestViewerOptions;
  #socket: Socket<ServerEvents, ViewerEvents>;
  #url = 0;
  #positions: Positions | undefined;
  #joined: Promise<JoinReply> | undefined;
  #closed = false;
  #away = false;
  /**
   * True once a join of the current connection was answered. Frames of the room that come before are ignored: when the answer to a join is lost,
   * they may follow messages that this viewer never received.
   */
  #follows = false;

  constructor(options: TestViewerOptions, url = 0) {
    this.#options = options;
    this.#positions = options.positions;
    this.#url = url;
    this.#socket = this.#open();
    living.add(this);
  }

  goesTo(urls: readonly string[]): boolean {
    return this.#options.urls.some((url) => urls.includes(url));
  }

  get socket(): Socket<ServerEvents, ViewerEvents> {
    return this.#socket;
  }

  /** Resolves with the reply to the latest join; rejects after `timeoutMs` without one. */
  async joined(timeoutMs = 60_000): Promise<JoinReply> {
    const end = performance.now() + timeoutMs;
    while (!this.#joined) {
      if (this.#closed || performance.now() > end) throw new Error(`a viewer did not join: ${this.errors.slice(-3)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.#joined;
  }

  /** Sends a message; rejects after ten seconds without an ack. */
  send(type: string, data: unknown, cid: string): Promise<Reply<SendReply>> {
    const request = { room: this.#options.room, type, data, cid };
    return new Promise((resolve, reject) =>
      this.#socket.timeout(10_000).emit('send', request, (error: Error | null, reply?: Reply<SendReply>) => (reply ? resolve(reply) : reject(error))),
    );
  }

  get positions(): Positions | undefined {
    return this.#positions;
  }

  /** Disconnects without automatic reconnect. */
  away(): void {
    this.#away = true;
    this.#socket.removeAllListeners();
    this.#socket.disconnect();
  }

  /** Reconnects and joins with the last positions; resolves with the reply. */
  async back(): Promise<JoinReply> {
    this.#away = false;
    this.#joined = undefined;
    this.#socket = this.#open();
    return this.joined();
  }

  ids(lane: Lane): string[] {
    return this.msgs.filter((msg) => msg.lane === lane).map(({ id }) => id);
  }

  close(): void {
    this.#closed = true;
    living.delete(this);
    this.#socket.disconnect();
  }

  #open(): Socket<ServerEvents, ViewerEvents> {
    const { urls, room, token, transports = ['websocket'] } = this.#options;
    this.#follows = false;
    const url = urls[this.#url % urls.length] ?? '';
    const socket: Socket<ServerEvents, ViewerEvents> = io(url, {
      auth: token === undefined ? {} : { token },
      transports: [...transports],
      reconnection: false,
      forceNew: true,
    });
    socket.on('connect', () => this.#join(socket));
    socket.on('frame', (frame: Frame) => {
      if (this.#follows || frame.room !== room) this.#record(frame.msgs);
    });
    socket.on('gap', (gap) => this.#recordGap(gap));
    socket.on('presence', ({ online }) => {
      this.online = online;
      this.presence.push(online);
    });
    socket.on('connect_error', (error) => {
      this.errors.push((error as Error & { data?: { code?: string } }).data?.code ?? error.message);
      this.#reconnect();
    });
    socket.on('disconnect', () => {
      this.disconnects++;
      this.#reconnect();
    });
    return socket;
  }

  #join(socket: Socket<ServerEvents, ViewerEvents>): void {
    const { room, history } = this.#options;
    const request: JoinRequest = { room, ...(this.#positions ? { positions: this.#positions } : {}), ...(history === undefined ? {} : { history }) };
    socket.timeout(10_000).emit('join', request, (error: Error | null, reply?: Reply<JoinReply>) => {
      if (this.#closed) return;
      if (error || !reply?.ok) {
        this.errors.push(reply && !reply.ok ? reply.error.code : 'join timed out');
        // Retry, because the cluster may be recovering.
        setTimeout(() => socket.connected && this.#join(socket), 300);
        return;
      }
      this.#follows = true;
      this.online = reply.online;
      this.recovered.push(reply.recovered);
      this.#record(reply.msgs);
      this.#positions = reply.positions;
      this.#joined = Promise.resolve(reply);
    });
  }

  #record(msgs: readonly Msg[]): void {
    for (const msg of msgs) {
      this.msgs.push(msg);
      this.delays.push(Date.now() - msg.ts);
      this.arrivals.push(performance.now());
      if (msg.offset !== undefined && isStreamLane(msg.lane)) this.#advance(msg.lane, msg.offset);
    }
  }

  #recordGap(gap: Gap): void {
    this.gaps.push(gap);
    const { lane, position } = gap;
    if (position && isStreamLane(lane) && this.#positions?.[lane]?.epoch !== position.epoch) this.#positions = { ...this.#positions, [lane]: position };
  }

  #advance(lane: StreamLane, offset: number): void {
    const known = this.#positions?.[lane];
    if (known && offset > known.offset) this.#positions = { ...this.#positions, [lane]: { epoch: known.epoch, offset } };
  }

  #reconnect(): void {
    if (this.#closed) return;
    this.#socket.removeAllListeners();
    this.#socket.disconnect();
    this.#url++;
    setTimeout(
      () => {
        if (!this.#closed && !this.#away) this.#socket = this.#open();
      },
      50 + Math.random() * 200,
    );
  }
}
