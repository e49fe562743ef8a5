// The connection to one edge at a time: finds one that answers, comes back when it ends, moves when the server says goaway. It
// carries events and requests; what they mean is the room's business.
import { DanmuxError, type ErrorBody, type GoAway, type Reply, type ServerEvents, type ViewerEvents } from '@danmux/protocol';
import { io, type Socket } from 'socket.io-client';
import { retryDelay } from './delay.ts';
import { Emitter } from './emitter.ts';
import type { ClientOptions, ClientState } from './options.ts';

type EdgeSocket = Socket<ServerEvents, ViewerEvents>;
type Payload<E extends keyof ServerEvents> = Parameters<ServerEvents[E]>[0];

export type ConnectionEvents = { readonly [E in Passed]: Payload<E> } & {
  readonly state: ClientState;
  readonly error: DanmuxError;
};

type Passed = Exclude<keyof ServerEvents, 'goaway'>;
const connectTimeoutMs = 8_000;
/** A ban that ends sooner is waited out. */
const longestWaitMs = 3_600_000;

export class Connection extends Emitter<ConnectionEvents> {
  readonly #options: ClientOptions;
  readonly #urls: readonly string[];
  #socket: EdgeSocket | undefined;
  #state: ClientState = 'connecting';
  #url = 0;
  #attempt = 0;
  #refreshed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Where a goaway sent us, until we are there. */
  #target: string | undefined;

  constructor(options: ClientOptions) {
    super();
    this.#options = options;
    this.#urls = typeof options.url === 'string' ? [options.url] : options.url;
    if (this.#urls.length === 0) throw new DanmuxError('invalid_request', { message: 'options.url must name at least one edge.' });
    // Viewers that were given the same list do not all begin with its first edge.
    this.#url = Math.floor(Math.random() * this.#urls.length);
  }

  get state(): ClientState {
    return this.#state;
  }

  open(): void {
    void this.#connect();
  }

  close(): void {
    this.#become('closed');
    clearTimeout(this.#timer);
    this.#drop();
    this.removeAll();
  }

  /** The reply's fields; throws a DanmuxError, `unavailable` when no answer came. */
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
    this.#become('connecting');
    const token = await this.#token();
    if (this.#state === 'closed' || token === null) return;
    const url = this.#target ?? this.#urls[this.#url % this.#urls.length] ?? '';
    const socket: EdgeSocket = io(url, {
      auth: token === undefined ? {} : { token },
      transports: [...(this.#options.transports ?? ['websocket', 'polling'])],
      tryAllTransports: true,
      reconnection: false,
      forceNew: true,
      timeout: connectTimeoutMs,
    });
    this.#socket = socket;
    // A socket that was dropped has nothing to say any more.
    const current = () => this.#socket === socket;
    socket.on('connect', () => current() && this.#connected());
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

  /** Null when it could not be had and a later try is planned. */
  async #token(): Promise<string | undefined | null> {
    const { token } = this.#options;
    if (typeof token !== 'function') return token;
    try {
      return await token();
    } catch (error) {
      this.emit('error', new DanmuxError('token_missing', { message: 'options.token failed to give a token.', cause: error }));
      this.#again();
      return null;
    }
  }

  #connected(): void {
    this.#attempt = 0;
    this.#refreshed = false;
    this.#target = undefined;
    this.#become('online');
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
    // Trying again with the same token, or as who was sent away for long, cannot help.
    this.#drop();
    this.#become('closed');
    this.emit('error', errorOf(body));
  }

  #again(afterMs = 0): void {
    if (this.#state === 'closed') return;
    this.#drop();
    this.#target = undefined;
    this.#url++;
    this.#become('connecting');
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#connect(), Math.max(afterMs, retryDelay(++this.#attempt)));
  }

  /** Leaves in our own slot, for the edge it names or the next one. */
  #goAway(socket: EdgeSocket, { reconnect_in_ms, url }: GoAway): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#socket !== socket || this.#state === 'closed') return;
      this.#drop();
      this.#target = url;
      this.#url++;
      void this.#connect();
    }, reconnect_in_ms);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.disconnect();
  }

  #become(state: ClientState): void {
    if (this.#state === state || this.#state === 'closed') return;
    this.#state = state;
    this.emit('state', state);
  }
}

function errorOf({ code, message, retry_after_ms }: ErrorBody): DanmuxError {
  return new DanmuxError(code, { message, ...(retry_after_ms === undefined ? {} : { retryAfterMs: retry_after_ms }) });
}
