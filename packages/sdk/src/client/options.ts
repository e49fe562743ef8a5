// Options of a client.
import type { Host } from './host.ts';

export interface ClientOptions {
  /** An edge's address, or several: the next one is tried when a connection fails. The last one that accepted this viewer comes first. */
  readonly url?: string | readonly string[];
  /** Instead of `url`, or besides: the address of `GET /v1/gateway` with its query, which names the edges, best first. */
  readonly gateway?: string;
  /** A viewer token, or a function that returns one and is called again when the token has expired. Absent: a guest. */
  readonly token?: string | (() => string | Promise<string>);
  /** False: no personal messages. Default true, with a token. */
  readonly own?: boolean;
  /** Delivery while the page is hidden. essential (default): gifts, notices and counters at once, the newest 50 chat messages on return. */
  readonly whileHidden?: 'essential' | 'all';
  /** Parts of the host that replace the browser's or Node's. */
  readonly host?: Host;
  /** Default: WebSocket, then long-polling where it is blocked. */
  readonly transports?: readonly ('websocket' | 'polling')[];
  /** Milliseconds until a request without an answer fails; default 5,000. */
  readonly requestTimeoutMs?: number;
  /** Milliseconds until an undelivered message fails; default 20,000. */
  readonly sendDeadlineMs?: number;
}

/** connecting: trying; online: connected; closed: ended by `close` or by an error that a retry cannot fix. */
export type ClientState = 'connecting' | 'online' | 'closed';
