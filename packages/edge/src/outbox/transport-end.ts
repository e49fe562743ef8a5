// Ends an engine.io connection so that every stock client treats it as lost and reconnects. engine.io's own close does not have this effect: after a
// WebSocket close frame the Java client waits for its ping timeout (43 s), and after a `close` packet in a poll python-engineio never reconnects.

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

/** Maximum milliseconds to wait until queued packets are sent, and then again until the client has closed its side. */
const patienceMs = 1_000;

/**
 * Resolves when the client has closed its WebSocket, at most after two seconds. For long-polling it resolves without waiting for the client. With
 * `now`, packets that the viewer has not read are dropped.
 */
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

/** Ends the TCP stream after the bytes written so far, without a WebSocket close frame. The engine.io session ends immediately. */
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
  // Replaces the transport's own close, which would send a WebSocket close frame.
  transport.doClose = (done) => done?.();
  conn.close(true);
  return closed;
}

/** Answers the waiting poll with HTTP 503 and ends the engine.io session. engine.io answers later polls of the session with 400. */
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
