// Limits the packets and the bytes of one long-polling response. engine.io writes all queued packets into one response, but python-engineio
// treats more than 16 packets as an attack and drops the connection. Excess packets (frames, acks, pings) wait for the next poll, in order.

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
