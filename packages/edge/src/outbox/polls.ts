// Limits the packets in one long-polling response. engine.io writes all queued packets into one response, but python-engineio treats more
// than 16 packets as an attack and drops the connection. Excess packets (frames, acks, pings) wait for the next poll, in order.

/** Maximum packets in one response. */
export const pollPackets = 16;

/** The members of an engine.io socket used here. */
export interface PollingConn {
  readonly readyState: string;
  readonly transport: { readonly name: string; readonly writable: boolean; send(packets: unknown[]): void };
  writeBuffer: unknown[];
  readonly sentCallbackFn: unknown[];
  flush(): void;
}

/** Call once for a connection that starts with long-polling; after an upgrade to WebSocket the limit no longer applies. */
export function boundPolls(conn: PollingConn): void {
  const flush = conn.flush.bind(conn);
  conn.flush = () => {
    const { readyState, transport, writeBuffer } = conn;
    if (transport.name !== 'polling' || writeBuffer.length <= pollPackets || readyState === 'closed' || !transport.writable) {
      flush();
      return;
    }
    conn.writeBuffer = writeBuffer.slice(pollPackets);
    // Does the same as engine.io's flush, except that it emits no `drain`: a closing connection takes `drain` to mean all is sent.
    conn.sentCallbackFn.push(null);
    transport.send(writeBuffer.slice(0, pollPackets));
  };
}
