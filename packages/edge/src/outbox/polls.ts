// Limits the packets and the bytes of one long-polling response. engine.io writes all queued packets into one response, but python-engineio
// treats more than 16 packets as an attack and drops the connection. Excess packets (frames, acks, pings) wait for the next poll, in order.
// Also answers the polls of a viewer that has not joined yet, for clients that write only between polls.

/** Maximum packets in one response. */
export const pollPackets = 16;

/** The members of an engine.io socket used here. */
export interface PollingConn {
  readonly readyState: string;
  readonly transport: { readonly name: string; readonly writable: boolean; send(packets: unknown[]): void };
  writeBuffer: { readonly data?: unknown }[];
  readonly sentCallbackFn: unknown[];
  flush(): void;
}

/** Call once for a connection that starts with long-polling; after an upgrade to WebSocket the limits no longer apply. */
export function boundPolls(conn: PollingConn, maxBytes: number): void {
  const flush = conn.flush.bind(conn);
  conn.flush = () => {
    const { readyState, transport, writeBuffer } = conn;
    const count = transport.name === 'polling' ? packetsWithin(writeBuffer, maxBytes) : writeBuffer.length;
    if (writeBuffer.length <= count || readyState === 'closed' || !transport.writable) {
      flush();
      return;
    }
    conn.writeBuffer = writeBuffer.slice(count);
    // Does the same as engine.io's flush, except that it emits no `drain`: a closing connection takes `drain` to mean all is sent.
    conn.sentCallbackFn.push(null);
    transport.send(writeBuffer.slice(0, count));
  };
}

/** The members of an engine.io socket used to answer a poll. */
export interface ReleasedConn {
  readonly readyState: string;
  readonly transport: { readonly name: string };
  sendPacket(type: 'noop'): void;
  once(event: 'close', listener: () => void): unknown;
}

const firstReleaseMs = 1_000;

/**
 * Answers the poll of a viewer with a `noop`, which every client ignores, 1, 3, 7, … s after it connected, until it has joined a room or a wait
 * reaches `pingMs`. The socket.io client for Go (zishang520, 3.0.6) queues its writes behind its poll: its `join` would wait for the first ping.
 */
export function releasePolls(conn: ReleasedConn, hasJoined: () => boolean, pingMs: number): void {
  let timer: NodeJS.Timeout | undefined;
  const releaseAfter = (ms: number) => {
    if (ms >= pingMs) return;
    timer = setTimeout(() => {
      if (conn.readyState !== 'open' || conn.transport.name !== 'polling' || hasJoined()) return;
      conn.sendPacket('noop');
      releaseAfter(2 * ms);
    }, ms);
  };
  conn.once('close', () => clearTimeout(timer));
  releaseAfter(firstReleaseMs);
}

/** Leading packets for one response: at least one, at most `pollPackets`, together at most `maxBytes` bytes with a type and a separator each. */
function packetsWithin(packets: PollingConn['writeBuffer'], maxBytes: number): number {
  let bytes = 0;
  let count = 0;
  for (const { data } of packets.slice(0, pollPackets)) {
    bytes += (typeof data === 'string' ? Buffer.byteLength(data) : 0) + 2;
    if (count > 0 && bytes - 1 > maxBytes) break;
    count++;
  }
  return count;
}
