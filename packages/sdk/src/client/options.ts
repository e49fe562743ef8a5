// The options of `createClient` and the states of a client.
import type { Host } from './host.ts';

/** Options of `createClient`: at least `url` or `gateway`. */
export interface ClientOptions {
  /**
   * The address of one edge or of several. When a proxy serves the edge below a path, the address includes it: `https://example.com/live`. After
   * a failed connection the next address is tried. The edge that accepted this viewer last is tried first.
   */
  readonly url?: string | readonly string[];
  /** The URL of `GET /v1/gateway` with its query string. The list of edges it returns, best first, replaces `url`; until then `url` is used. */
  readonly gateway?: string;
  /** The path of socket.io below each address; default `/socket.io`. */
  readonly path?: string;
  /**
   * True: sends cookies to edges of another origin, as load balancers with sticky cookies need for long-polling. `edge.allowed_origins` must then
   * list the page's origin by itself, not by `*`, unless the page has the host name of the edge.
   */
  readonly withCredentials?: boolean;
  /**
   * A viewer token, or a function that returns one. The function is called before each connection, and before the token of the open connection
   * ends. Absent: a guest.
   */
  readonly token?: string | (() => string | Promise<string>);
  /** False: do not receive personal messages. Default true; guests never receive any. */
  readonly own?: boolean;
  /**
   * While the page is hidden: `essential` (default) delivers gifts, notices and counters immediately and the newest 50 chat messages when the page
   * is visible again; `all` delivers everything immediately.
   */
  readonly whileHidden?: 'essential' | 'all';
  /** Host functions that replace those of the browser or Node, for example in a mini-program. */
  readonly host?: Host;
  /** In order of preference. Default: WebSocket, then long-polling where WebSocket is blocked. */
  readonly transports?: readonly ('websocket' | 'polling')[];
  /** Milliseconds until an unanswered request fails with `unavailable`; default 5,000. */
  readonly requestTimeoutMs?: number;
  /** Milliseconds for which `send` retries a message before it fails; default 20,000. */
  readonly sendDeadlineMs?: number;
}

/** `connecting`: trying to connect or waiting to retry. `online`: connected. `closed`: final, after `close` or an error that a retry cannot fix. */
export type ClientState = 'connecting' | 'online' | 'closed';
