// How much one answer to a long-polling viewer holds. engine.io writes everything that waits into one answer; python-engineio takes an
// answer of more than 16 packets for an attack and drops the connection with all of them. So what is over the bound waits for the next
// poll: frames, acks of socket.io and pings alike, in their order.

/** Packets of one answer. */
export const pollPackets = 16;

/** The part of an engine.io socket that is changed. */
export interface PollingConn {
  readonly readyState: string;
  readonly transport: { readonly name: string; readonly writable: boolean; send(packets: unknown[]): void };
  writeBuffer: unknown[];
  readonly sentCallbackFn: unknown[];
  flush(): void;
}

/** Once for a connection that begins with long-polling; after its upgrade nothing is held back. */
export function boundPolls(conn: PollingConn): void {
  const flush = conn.flush.bind(conn);
  conn.flush = () => {
    const { readyState, transport, writeBuffer } = conn;
    if (transport.name !== 'polling' || writeBuffer.length <= pollPackets || readyState === 'closed' || !transport.writable) {
      flush();
      return;
    }
    conn.writeBuffer = writeBuffer.slice(pollPackets);
    // As engine.io's own, but for the event `drain`: a connection that closes waits for it to have sent everything.
    conn.sentCallbackFn.push(null);
    transport.send(writeBuffer.slice(0, pollPackets));
  };
}
