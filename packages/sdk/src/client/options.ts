// What a client is made with.
import type { Host } from './host.ts';

export interface ClientOptions {
  /** An edge's address, or several: the next one is tried when a connection fails. The last one that let us in comes first. */
  readonly url?: string | readonly string[];
  /** Instead of `url`, or beside it: the address of `GET /v1/gateway` with its query, which names the edges, best first. */
  readonly gateway?: string;
  /** A viewer token, or how to get one; a function is asked again when the token has expired. Absent: a guest. */
  readonly token?: string | (() => string | Promise<string>);
  /** False does not ask for messages to this user alone; default true, with a token. */
  readonly own?: boolean;
  /** What is given while the page is hidden. essential (default): gifts, notices and counters at once, of chat the newest 50 on return. */
  readonly whileHidden?: 'essential' | 'all';
  /** Parts of the host to use instead of the browser's or Node's own. */
  readonly host?: Host;
  /** Default: WebSocket, then long-polling where it is blocked. */
  readonly transports?: readonly ('websocket' | 'polling')[];
  /** Milliseconds until a request without an answer is asked again; default 5,000. */
  readonly requestTimeoutMs?: number;
  /** Milliseconds until a message that could not be sent is given up; default 20,000. */
  readonly sendDeadlineMs?: number;
}

/** connecting: trying; online: connected; closed: ended by `close` or by an error that trying again cannot mend. */
export type ClientState = 'connecting' | 'online' | 'closed';
