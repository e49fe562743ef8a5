// The connection to one edge at a time: tries edges until one answers, reconnects after a loss, and moves to another edge on `goaway`. It passes
// events and requests on and does not interpret them.
import { type AuthReply, DanmuxError, type ErrorBody, type GoAway, type Reply, type ServerEvents, type ViewerEvents } from '@danmux/protocol';
import { io, type ManagerOptions, type Socket } from 'socket.io-client';
import { addressOf, type EdgeAddress } from './address.ts';
import { delayAfter, retryDelay } from './delay.ts';
import { Edges } from './edges.ts';
import { Emitter } from './emitter.ts';
import { EndingNotice } from './ending-notice.ts';
import { defaultHost, type Host, type Visibility } from './host.ts';
import { injectedWebSocket } from './injected-websocket.ts';
import type { ClientOptions, ClientState } from './options.ts';
import { askReason, reasonIn } from './refusal.ts';
import { ServerTime } from './server-time.ts';
import { TokenRenewal } from './token-renewal.ts';
import { TokenSource } from './token-source.ts';

type EdgeSocket = Socket<ServerEvents, ViewerEvents>;
type Payload<E extends keyof ServerEvents> = Parameters<ServerEvents[E]>[0];

export type ConnectionEvents = { readonly [E in Passed]: Payload<E> } & {
  readonly state: ClientState;
  readonly error: DanmuxError;
  /** The token of the open connection was replaced. */
  readonly renewed: undefined;
};

type Passed = Exclude<keyof ServerEvents, 'goaway'>;
const connectTimeoutMs = 8_000;
/** The client waits for the end of a ban of at most this time (one hour) and reconnects; a longer ban closes the client. */
const longestWaitMs = 3_600_000;

export class Connection extends Emitter<ConnectionEvents> {
  readonly #options: ClientOptions;
  readonly #host: Host;
  readonly #edges: Edges;
  readonly #tokens: TokenSource;
  readonly #renewal: TokenRenewal;
  readonly time = new ServerTime();
  #socket: EdgeSocket | undefined;
  #state: ClientState = 'connecting';
  #attempt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** True while a reconnect is scheduled that `reconnectSoon` may start earlier. */
  #waiting = false;
  #stopNetworkListener: (() => void) | undefined;
  /** The edge named by the last `goaway`; cleared after one attempt to connect to it. */
  #target: string | undefined;

  constructor(options: ClientOptions) {
    super();
    this.#options = options;
    this.#host = { ...defaultHost(), ...options.host };
    this.#edges = new Edges(options, this.#host);
    this.#tokens = new TokenSource(options.token);
    this.#renewal = new TokenRenewal({
      tokens: this.#tokens,
      time: this.time,
      auth: (token) => this.request<AuthReply>('auth', { token }),
      renewed: () => this.emit('renewed', undefined),
      failed: (error) => this.emit('error', error),
    });
  }

  get state(): ClientState {
    return this.#state;
  }

  /** The host's page visibility; undefined when the host reports none. */
  get visibility(): Visibility | undefined {
    return this.#host.visibility;
  }

  open(): void {
    this.#stopNetworkListener = this.#host.onNetwork?.(() => this.reconnectSoon());
    void this.#connect();
  }

  /** Call when the page has become visible or the network is back: a scheduled reconnect starts after a short random delay. */
  reconnectSoon(): void {
    if (this.#state !== 'connecting' || !this.#waiting) return;
    this.#attempt = 0;
    this.#wait(retryDelay(1));
  }

  close(): void {
    this.#setState('closed');
    this.#stopNetworkListener?.();
    clearTimeout(this.#timer);
    this.#drop();
    this.removeAll();
  }

  /**
   * Resolves with the reply's fields. Rejects with a DanmuxError: the server's error, or `unavailable` when no answer arrives within
   * `requestTimeoutMs`. `onReply` is called before any event that follows the reply; the promise may resolve after such events.
   */
  async request<T extends object>(event: keyof ViewerEvents, payload: object, onReply?: (reply: T) => void): Promise<T> {
    const socket = this.#socket;
    if (!socket?.connected) throw new DanmuxError('unavailable', { message: 'Not connected.' });
    const reply = await this.#ask<T>(socket, event, payload, onReply);
    if (reply.ok) return reply;
    throw errorOf(reply.error);
  }

  #ask<T extends object>(socket: EdgeSocket, event: keyof ViewerEvents, payload: object, onReply?: (reply: T) => void): Promise<Reply<T>> {
    return new Promise((resolve, reject) => {
      const lost = () => settle(() => reject(new DanmuxError('unavailable', { message: 'The connection ended before the answer.' })));
      const settle = (then: () => void) => {
        socket.off('disconnect', lost);
        then();
      };
      socket.once('disconnect', lost);
      const answered = (error: Error | null, reply: Reply<T>) =>
        settle(() => {
          if (error) return reject(new DanmuxError('unavailable', { message: 'No answer in time.', cause: error }));
          if (reply.ok) onReply?.(reply);
          resolve(reply);
        });
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
      this.#retry();
      return;
    }
    const address = addressOf(url, this.#options.path);
    const socket: EdgeSocket = io(address.server, {
      path: address.path,
      withCredentials: this.#options.withCredentials === true,
      auth: token === undefined ? {} : { token },
      transports: this.#transports(),
      tryAllTransports: true,
      reconnection: false,
      forceNew: true,
      timeout: connectTimeoutMs,
    });
    this.#socket = socket;
    // Events of a replaced socket are ignored.
    const current = () => this.#socket === socket;
    socket.on('connect', () => current() && this.#connected(url, token));
    socket.on('connect_error', (error) => current() && this.#connectFailed(socket, address, error));
    const ending = new EndingNotice();
    socket.on('disconnect', (reason) => current() && this.#ended(reason, ending));
    socket.on('goaway', (goaway) => current() && this.#goAway(socket, goaway));
    const pass = <E extends Passed>(event: E, payload: ConnectionEvents[E]) => {
      if (current()) this.emit(event, payload);
    };
    socket.on('frame', (frame) => pass('frame', frame));
    socket.on('gap', (gap) => pass('gap', gap));
    socket.on('presence', (presence) => pass('presence', presence));
    socket.on('notice', (notice) => {
      ending.note(notice);
      pass('notice', notice);
    });
  }

  #transports(): NonNullable<ManagerOptions['transports']> {
    const { webSocket } = this.#host;
    const names = this.#options.transports ?? ['websocket', 'polling'];
    return names.map((name) => (name === 'websocket' && webSocket ? injectedWebSocket(webSocket) : name)) as NonNullable<ManagerOptions['transports']>;
  }

  /** The address to connect to; null, after the event `error`, when the gateway gave no edge. */
  async #nextEdge(): Promise<string | null> {
    try {
      return await this.#edges.next();
    } catch (error) {
      if (!(error instanceof DanmuxError)) throw error;
      this.emit('error', error);
      return null;
    }
  }

  /** The token, or undefined for a guest; null, after the event `error`, when the token function threw. */
  async #token(): Promise<string | undefined | null> {
    try {
      return await this.#tokens.next();
    } catch (error) {
      if (!(error instanceof DanmuxError)) throw error;
      this.emit('error', error);
      return null;
    }
  }

  #connected(url: string, token: string | undefined): void {
    if (this.#target === undefined) this.#edges.succeeded(url);
    this.#attempt = 0;
    this.#tokens.accepted();
    this.#target = undefined;
    this.time.doubt();
    this.#renewal.begin(token);
    this.#setState('online');
  }

  /** Handles the end of the connection. A refusal that the edge announced is handled like a refused connect; otherwise the client reconnects. */
  #ended(reason: string, ending: EndingNotice): void {
    // Only a disconnect by the edge is checked for an announced refusal. After a lost connection the next attempt gets the answer of the edge.
    const refusal = reason === 'io server disconnect' ? ending.refusal(this.time.now()) : undefined;
    if (refusal) this.#connectRefused(refusal);
    else this.#retry();
  }

  #connectFailed(socket: EdgeSocket, address: EdgeAddress, error: Error): void {
    const reason = reasonIn(error);
    const hidden = this.#options.transports?.includes('polling') === false && !this.#host.webSocket;
    if (reason || !hidden) {
      this.#connectRefused(reason);
      return;
    }
    void askReason(address).then((asked) => this.#socket === socket && this.#connectRefused(asked));
  }

  #connectRefused(body: ErrorBody | undefined): void {
    // Another edge may allow the page's origin, for example while a new config is rolled out.
    const final = body && (body.code.startsWith('token_') || body.code === 'banned' || (body.code === 'origin_forbidden' && this.#edges.isLast));
    if (!final) {
      this.#retry(body?.retry_after_ms);
      return;
    }
    const waitMs = body.code === 'banned' ? banWait(body) : body.code === 'origin_forbidden' ? undefined : this.#tokens.refused(body);
    if (waitMs !== undefined) {
      this.#retry(waitMs);
      this.emit('error', errorOf(body));
      return;
    }
    // No other token is available, the ban is too long to wait for, or no edge allows the page's origin.
    this.#drop();
    this.#setState('closed');
    this.emit('error', errorOf(body));
  }

  #retry(afterMs = 0): void {
    if (this.#state === 'closed') return;
    this.#drop();
    // A failure of the edge named by `goaway` does not advance the list of edges, because that edge was not chosen from the list.
    if (this.#target === undefined) this.#edges.failed();
    this.#target = undefined;
    this.#setState('connecting');
    this.#wait(delayAfter(afterMs, ++this.#attempt), afterMs === 0);
  }

  /** `canShorten`: false for a delay given by the server (`retry_after_ms`), which `reconnectSoon` must not cut short. */
  #wait(ms: number, canShorten = true): void {
    clearTimeout(this.#timer);
    this.#waiting = canShorten;
    this.#timer = setTimeout(() => {
      this.#waiting = false;
      void this.#connect();
    }, ms);
  }

  /** Moves to the named edge, or to the next of the list, after the delay that the server chose for this viewer. */
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
    this.#renewal.end();
    socket?.disconnect();
  }

  #setState(state: ClientState): void {
    if (this.#state === state || this.#state === 'closed') return;
    this.#state = state;
    this.emit('state', state);
  }
}

/** Milliseconds until the end of a ban; undefined when it is longer than the client waits. */
function banWait({ retry_after_ms: afterMs }: ErrorBody): number | undefined {
  return afterMs !== undefined && afterMs <= longestWaitMs ? afterMs : undefined;
}

function errorOf({ code, message, retry_after_ms }: ErrorBody): DanmuxError {
  return new DanmuxError(code, { message, ...(retry_after_ms === undefined ? {} : { retryAfterMs: retry_after_ms }) });
}
