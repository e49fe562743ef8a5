// Ends an engine.io connection so that every stock client takes it as a lost connection and comes back. engine.io's own close does not: after
// a WebSocket close frame the Java client waits for its ping timeout (43 s), and after a `close` packet in a poll python-engineio stays away.

/** The members of an engine.io socket used here. */
export interface EndedConn {
  readonly readyState: string;
  readonly writeBuffer: readonly unknown[];
  readonly transport: EndedTransport;
  once(event: 'drain', listener: () => void): unknown;
  off(event: 'drain', listener: () => void): unknown;
  close(discard?: boolean): unknown;
}
interface EndedTransport {
  readonly name: string;
  writable: boolean;
  /** The poll that waits for an answer. */
  readonly req?: { cleanup(): void } | null;
  readonly res?: { writeHead(status: number, headers: object): { end(body: string): void } } | null;
  readonly socket?: EndedWebSocket;
  doClose(done?: () => void): void;
}
interface EndedWebSocket {
  readonly _socket?: { end(): void } | null;
  once(event: 'close', listener: () => void): unknown;
  terminate(): void;
}

/** Time for queued packets to leave, and then for the client to close its side, milliseconds. */
const patienceMs = 1_000;

/** Resolves when the client has closed its side, or after two seconds. With `now`, packets that the viewer has not read are dropped. */
export async function endTransport(conn: EndedConn, now = false): Promise<void> {
  if (conn.readyState !== 'open') return;
  if (now) conn.transport.socket?.terminate();
  else if (conn.writeBuffer.length > 0) await drained(conn);
  if (conn.transport.name === 'websocket') await endWebSocket(conn);
  else endPolling(conn);
}

/** Resolves when engine.io has handed all packets to the transport, or after a second. */
function drained(conn: EndedConn): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(late);
      conn.off('drain', done);
      resolve();
    };
    const late = setTimeout(done, patienceMs);
    conn.once('drain', done);
  });
}

/** Ends the TCP stream after the bytes written so far, without a close frame; the session ends at once. */
function endWebSocket(conn: EndedConn): Promise<void> {
  const { transport } = conn;
  const { socket } = transport;
  const closed = new Promise<void>((resolve) => {
    if (!socket?._socket) return resolve();
    const late = setTimeout(() => socket.terminate(), patienceMs);
    socket.once('close', () => {
      clearTimeout(late);
      resolve();
    });
    socket._socket.end();
  });
  // engine.io would send a close frame.
  transport.doClose = (done) => done?.();
  conn.close(true);
  return closed;
}

/** Answers the waiting poll with an HTTP error, and ends the session, whose later polls engine.io answers with 400. */
function endPolling(conn: EndedConn): void {
  const { transport } = conn;
  const { req, res } = transport;
  if (transport.writable && req && res) {
    transport.writable = false;
    // Without keep-alive: the next handshake of the client must not reach the draining edge over this connection.
    res.writeHead(503, { 'content-type': 'application/json', 'cache-control': 'no-store', connection: 'close' }).end('{"code":"draining"}');
    req.cleanup();
  }
  conn.close(true);
}
