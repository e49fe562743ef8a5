// The connection to one edge at a time: finds one that answers, reconnects, and moves on goaway. It carries events and requests; rooms
// interpret them.
import { DanmuxError, type ErrorBody, type GoAway, type Reply, type ServerEvents, type ViewerEvents } from '@danmux/protocol';
import { io, type ManagerOptions, type Socket } from 'socket.io-client';
import { retryDelay } from './delay.ts';
import { Edges } from './edges.ts';
import { Emitter } from './emitter.ts';
import { defaultHost, type Host, type Visibility } from './host.ts';
import { injectedWebSocket } from './injected-websocket.ts';
import type { ClientOptions, ClientState } from './options.ts';
import { ServerTime } from './server-time.ts';

type EdgeSocket = Socket<ServerEvents, ViewerEvents>;
type Payload<E extends keyof ServerEvents> = Parameters<ServerEvents[E]>[0];

export type ConnectionEvents = { readonly [E in Passed]: Payload<E> } & {
  readonly state: ClientState;
  readonly error: DanmuxError;
};

type Passed = Exclude<keyof ServerEvents, 'goaway'>;
const connectTimeoutMs = 8_000;
/** The client waits for the end of a ban shorter than this. */
const longestWaitMs = 3_600_000;

export class Connection extends Emitter<ConnectionEvents> {
  readonly #options: ClientOptions;
  readonly #host: Host;
  readonly #edges: Edges;
  readonly time = new ServerTime();
  #socket: EdgeSocket | undefined;
  #state: ClientState = 'connecting';
  #attempt = 0;
  #refreshed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** A reconnect is scheduled and may be started early. */
  #waiting = false;
  #stopHurrying: (() => void) | undefined;
  /** The edge that a goaway named, until it is reached or failed. */
  #target: string | undefined;

  constructor(options: ClientOptions) {
    super();
    this.#options = options;
    this.#host = { ...defaultHost(), ...options.host };
    this.#edges = new Edges(options, this.#host);
  }

  get state(): ClientState {
    return this.#state;
  }

  /** Page visibility of the host, if it has one. */
  get visibility(): Visibility | undefined {
    return this.#host.visibility;
  }

  open(): void {
    this.#stopHurrying = this.#host.onNetwork?.(() => this.hurry());
    void this.#connect();
  }

  /** The page became visible or the network is back: starts a scheduled reconnect soon. */
  hurry(): void {
    if (this.#state !== 'connecting' || !this.#waiting) return;
    this.#attempt = 0;
    this.#wait(retryDelay(1));
  }

  close(): void {
    this.#setState('closed');
    this.#stopHurrying?.();
    clearTimeout(this.#timer);
    this.#drop();
    this.removeAll();
  }

  /** The reply's fields; throws a DanmuxError, `unavailable` without an answer in time. */
  async request<T extends object>(event: keyof ViewerEvents, payload: object): Promise<T> {
    const socket = this.#socket;
    if (!socket?.connected) throw new DanmuxError('unavailable', { message: 'Not connected.' });
    const reply = await this.#ask<T>(socket, event, payload);
    if (reply.ok) return reply;
    throw errorOf(reply.error);
  }

  #ask<T extends object>(socket: EdgeSocket, event: keyof ViewerEvents, payload: object): Promise<Reply<T>> {
    return new Promise((resolve, reject) => {
      const lost = () => settle(() => reject(new DanmuxError('unavailable', { message: 'The connection ended before the answer.' })));
      const settle = (then: () => void) => {
        socket.off('disconnect', lost);
        then();
      };
      socket.once('disconnect', lost);
      const answered = (error: Error | null, reply: Reply<T>) =>
        settle(() => (error ? reject(new DanmuxError('unavailable', { message: 'No answer in time.', cause: error })) : resolve(reply)));
      (socket.timeout(this.#options.requestTimeoutMs ?? 5_000) as unknown as { emit(event: string, payload: object, ack: typeof answered): void }).emit(
        event,
        payload,
        answered,
      );
    });
  }

  async #connect(): Promise<void> {
    this.#setState('connecting');
    const [token, url] = await Promise.all([this.#token(), this.#target ?? this.#nextEdge()]);
    if (this.#state === 'closed') return;
    if (token === null || url === null) {
      this.#again();
      return;
    }
    const socket: EdgeSocket = io(url, {
      auth: token === undefined ? {} : { token },
      transports: this.#transports(),
      tryAllTransports: true,
      reconnection: false,
      forceNew: true,
      timeout: connectTimeoutMs,
    });
    this.#socket = socket;
    // Ignores events of a socket that was replaced.
    const current = () => this.#socket === socket;
    socket.on('connect', () => current() && this.#connected(url));
    socket.on('connect_error', (error) => current() && this.#refused(error));
    socket.on('disconnect', () => current() && this.#again());
    socket.on('goaway', (goaway) => current() && this.#goAway(socket, goaway));
    const pass = <E extends Passed>(event: E, payload: ConnectionEvents[E]) => {
      if (current()) this.emit(event, payload);
    };
    socket.on('frame', (frame) => pass('frame', frame));
    socket.on('gap', (gap) => pass('gap', gap));
    socket.on('presence', (presence) => pass('presence', presence));
    socket.on('notice', (notice) => pass('notice', notice));
  }

  #transports(): NonNullable<ManagerOptions['transports']> {
    const { webSocket } = this.#host;
    const names = this.#options.transports ?? ['websocket', 'polling'];
    return names.map((name) => (name === 'websocket' && webSocket ? injectedWebSocket(webSocket) : name)) as NonNullable<ManagerOptions['transports']>;
  }

  /** Null when the gateway names none. */
  async #nextEdge(): Promise<string | null> {
    try {
      return await this.#edges.next();
    } catch (error) {
      if (!(error instanceof DanmuxError)) throw error;
      this.emit('error', error);
      return null;
    }
  }

  /** Null when the token function failed. */
  async #token(): Promise<string | undefined | null> {
    const { token } = this.#options;
    if (typeof token !== 'function') return token;
    try {
      return await token();
    } catch (error) {
      this.emit('error', new DanmuxError('token_missing', { message: 'options.token failed to give a token.', cause: error }));
      return null;
    }
  }

  #connected(url: string): void {
    if (this.#target === undefined) this.#edges.succeeded(url);
    this.#attempt = 0;
    this.#refreshed = false;
    this.#target = undefined;
    this.time.doubt();
    this.#setState('online');
  }

  #refused(error: Error): void {
    const body = (error as Error & { data?: ErrorBody }).data;
    if (!body?.code?.startsWith('token_') && body?.code !== 'banned') {
      this.#again(body?.retry_after_ms);
      return;
    }
    if (body.code === 'token_expired' && typeof this.#options.token === 'function' && !this.#refreshed) {
      this.#refreshed = true;
      this.#drop();
      void this.#connect();
      return;
    }
    if (body.code === 'banned' && (body.retry_after_ms ?? Number.POSITIVE_INFINITY) <= longestWaitMs) {
      this.#again(body.retry_after_ms);
      this.emit('error', errorOf(body));
      return;
    }
    // A retry with the same token, or during a long ban, cannot help.
    this.#drop();
    this.#setState('closed');
    this.emit('error', errorOf(body));
  }

  #again(afterMs = 0): void {
    if (this.#state === 'closed') return;
    this.#drop();
    // The edge of a goaway is tried once; its failure does not count against the listed edges.
    if (this.#target === undefined) this.#edges.failed();
    this.#target = undefined;
    this.#setState('connecting');
    this.#wait(Math.max(afterMs, retryDelay(++this.#attempt)), afterMs === 0);
  }

  /** `canHurry`: false for a delay that the server asked for. */
  #wait(ms: number, canHurry = true): void {
    clearTimeout(this.#timer);
    this.#waiting = canHurry;
    this.#timer = setTimeout(() => {
      this.#waiting = false;
      void this.#connect();
    }, ms);
  }

  /** Leaves in this viewer's slot, for the named edge or the next one. */
  #goAway(socket: EdgeSocket, { reconnect_in_ms, url }: GoAway): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#socket !== socket || this.#state === 'closed') return;
      this.#drop();
      this.#target = url;
      this.#edges.failed();
      void this.#connect();
    }, reconnect_in_ms);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.disconnect();
  }

  #setState(state: ClientState): void {
    if (this.#state === state || this.#state === 'closed') return;
    this.#state = state;
    this.emit('state', state);
  }
}

function errorOf({ code, message, retry_after_ms }: ErrorBody): DanmuxError {
  return new DanmuxError(code, { message, ...(retry_after_ms === undefined ? {} : { retryAfterMs: retry_after_ms }) });
}
